import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import { places } from '#places.ts';
import { readEndpoints } from '#up/endpoints.ts';

export default defineCommand({
  meta: {
    name: 'replay',
    description: 'Rebuilds a projection from its topics, beside the live one; exit 1 on a mismatch',
  },
  args: {
    projection: { type: 'positional', required: true, description: 'orders_by_customer, …' },
    verify: { type: 'boolean', default: false, description: 'switch only where it equals its source' },
    from: {
      type: 'string',
      description: '2026-01-31T12:00:00Z, epoch ms, or topic:partition=offset,…; implies --verify',
    },
    'dry-run': { type: 'boolean', default: false, description: 'only say what would be read' },
  },
  async run({ args }) {
    const [{ declaredProjections }, { parseFrom }] = await Promise.all([
      import('#declared.ts'),
      import('#replay/start-of-reading.ts'),
    ]);
    const known = await declaredProjections();
    const wanted = args.projection.replaceAll('-', '_');
    const projection = known.find(({ name }) => name === wanted);
    if (projection === undefined) {
      throw new UsageError(
        `no projection ${args.projection}; there are ${known
          .map(({ name }) => name)
          .sort()
          .join(', ')}`,
      );
    }
    const from = parseFrom(args.from);
    const { home } = places();
    const endpoints = await readEndpoints(home);
    if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
    if (args['dry-run']) {
      const [{ openStack }, { dryRun }] = await Promise.all([
        import('#reconcile/running-stack.ts'),
        import('#replay/dry-run.ts'),
      ]);
      const stack = openStack(endpoints);
      try {
        console.log(await dryRun(stack, projection, from));
      } finally {
        await stack.close();
      }
      return;
    }
    const { runReplay } = await import('#replay/run.ts');
    const start =
      from.kind === 'everything' ? [] : ['--from', from.kind === 'time' ? String(from.epochMs) : from.text];
    const verify = args.verify ? ['--verify'] : [];
    process.exitCode = await runReplay(home, endpoints, projection.service, [
      projection.name,
      ...verify,
      ...start,
    ]);
  },
});
