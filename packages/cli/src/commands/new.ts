import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineCommand } from 'citty';
import { checkout, places } from '#places.ts';

const service = defineCommand({
  meta: { name: 'service', description: 'Writes a service that runs, and registers it everywhere' },
  args: { name: { type: 'positional', required: true, description: 'kebab-case: gift-cards' } },
  async run({ args }) {
    const [{ newService }, { plan }, { format, install }] = await Promise.all([
      import('#new-service/service-name.ts'),
      import('#new-service/plan.ts'),
      import('#new-service/install.ts'),
    ]);
    const added = newService(args.name, checkout);
    const { written, changed } = plan(added, checkout);
    for (const { path, text } of [...written, ...changed]) {
      await mkdir(join(checkout, dirname(path)), { recursive: true });
      await writeFile(join(checkout, path), text);
    }
    await format(
      checkout,
      [...written, ...changed].map(({ path }) => path),
    );
    for (const { path } of written) console.log(`wrote    ${path}`);
    for (const { path } of changed) console.log(`changed  ${path}`);
    await install(checkout, places().cache);
    console.log(nextSteps(added.name, added.port));
  },
});

const nextSteps = (name: string, port: number): string => `
${name} is on port ${port}, behind the gateway at /api/v1/${name}. Next:
  ./tw up                                       makes its database, migrates, starts it
  pnpm exec vitest run --project contract -u    writes down what its REST surface promises
  ./tw test --only unit,types,architecture      it is in house form
Then make it yours: the table, items → your own nouns, the ADR, its README and docs/c4/containers.md.
docs/how-to/new-command.md and docs/how-to/new-event.md go on from there.`;

export default defineCommand({
  meta: { name: 'new', description: 'Writes what a new part of Tradewind begins with' },
  subCommands: { service },
});
