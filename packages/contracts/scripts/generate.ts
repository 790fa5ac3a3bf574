/**
 * Writes everything that follows from schemas/. With --check it writes nothing: it lints, and exits 1 where a committed file
 * is not what it would write.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { composeSchema } from '@tradewind/contracts/schema.ts';
import { checkProto, emitProto } from './buf.ts';
import { emitDocs } from './emit-docs.ts';
import { emitCatalogue, emitContext, emitEnvelope } from './emit-events.ts';
import { apiFile, compose, emitGraphql, readSubgraphs, supergraphFile } from './emit-graphql.ts';
import { emitTopics, emitWsdl, readTopics } from './emit-static.ts';
import { readEnvelope, readEvents, root } from './read-schemas.ts';
import { readReleased, versionOf } from './released.ts';

const generated = join(root, 'packages/contracts/src/generated');

async function outputs(): Promise<Map<string, string>> {
  const envelope = readEnvelope();
  const topics = new Set(readTopics().map((topic) => topic.name));
  const events = readEvents().map((event) => {
    if (!topics.has(event.topic))
      throw new Error(`${event.type}: topic ${event.topic} is not in schemas/topics.yaml`);
    // The schema's own version is not part of the schema, so any will do to compose it.
    const schema = composeSchema(envelope, { ...event, schemaVersion: '' });
    return { ...event, schemaVersion: `${event.major}.${versionOf(schema, readReleased(event.type)) - 1}` };
  });
  const contexts = [...new Set(events.map((event) => event.context))];
  const files = new Map([
    [join(root, 'docs/events.md'), emitDocs(envelope, events)],
    [join(generated, 'topics.ts'), emitTopics()],
    [join(generated, 'payment-wsdl.ts'), emitWsdl()],
    [join(generated, 'events/catalogue.ts'), emitCatalogue(contexts)],
    [join(generated, 'events/envelope.ts'), emitEnvelope(envelope)],
  ]);
  for (const context of contexts) {
    const text = emitContext(
      context,
      events.filter((event) => event.context === context),
    );
    files.set(join(generated, `events/${context}.ts`), text);
  }
  const subgraphs = readSubgraphs();
  const { supergraph, api } = compose(subgraphs);
  files.set(supergraphFile, supergraph).set(apiFile, api);
  for (const [name, text] of [...subgraphs, ['supergraph', supergraph] as const]) {
    files.set(join(generated, `graphql/${name}.ts`), emitGraphql(name, text));
  }
  for (const [path, text] of emitProto()) files.set(join(generated, path), text);
  return formatted(files);
}

/** As prettier has it, so that formatting the repository never makes a generated file stale. */
async function formatted(files: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const options = (await resolveConfig(join(root, 'package.json'))) ?? {};
  const results = [...files].map(async ([path, text]): Promise<[string, string]> => [
    path,
    await format(text, { ...options, filepath: path }),
  ]);
  return new Map(await Promise.all(results));
}

function existing(): string[] {
  if (!existsSync(generated)) return [];
  return readdirSync(generated, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function firstDifference(path: string, text: string): string | undefined {
  if (!existsSync(path)) return 'is missing';
  const committed = readFileSync(path, 'utf8').split('\n');
  const fresh = text.split('\n');
  const at = fresh.findIndex((line, index) => line !== committed[index]);
  if (at === -1 && committed.length === fresh.length) return undefined;
  const line = at === -1 ? fresh.length : at;
  return `line ${line + 1}\n  - ${committed[line] ?? '(end)'}\n  + ${fresh[line] ?? '(end)'}`;
}

function check(files: ReadonlyMap<string, string>): void {
  checkProto();
  const stale = [...files].flatMap(([path, text]) => {
    const difference = firstDifference(path, text);
    return difference === undefined ? [] : [`${relative(root, path)}: ${difference}`];
  });
  const extra = existing().filter((path) => !files.has(path));
  const problems = [
    ...stale,
    ...extra.map((path) => `${relative(root, path)}: nothing generates it any more`),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(
      `\n${problems.length} generated files are stale: run \`pnpm generate\` and commit what it writes.`,
    );
    process.exitCode = 1;
  }
}

function write(files: ReadonlyMap<string, string>): void {
  const changed = [...files].filter(([path, text]) => firstDifference(path, text) !== undefined);
  for (const [path, text] of changed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${relative(root, path)}`);
  }
  for (const path of existing().filter((file) => !files.has(file))) {
    rmSync(path);
    console.log(`removed ${relative(root, path)}`);
  }
}

const files = await outputs();
if (process.argv.includes('--check')) check(files);
else write(files);
