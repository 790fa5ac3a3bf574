import { readFile } from 'node:fs/promises';
import type { Certificate } from '@tradewind/outbox/certificate.ts';
import { checkCertificate } from '@tradewind/outbox/check-certificate.ts';
import { dropOld } from '@tradewind/outbox/drop-old.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { RebuildRunning } from '@tradewind/outbox/rebuild.ts';
import { wholeRows } from '@tradewind/outbox/whole-rows.ts';
import { buildOf } from './build-of.ts';
import { checkProjections } from './check-projections.ts';
import { parseWish, refusalOf, type Wish } from './replay-options.ts';
import { type ReplayConnections, withConnections, withStores } from './replay-uses.ts';
import { entryOf, EXIT, runOne, saveCertificate, storedEntry } from './run-replay.ts';

const usage = `usage: node replay.ts PROJECTION [--verify] [--hold] [--store STORE] [--from TIME | TOPIC:PARTITION=OFFSET,…]
                      [--until TIME] [--rate EVENTS_PER_SECOND | --full-speed] [--certificate FILE]
       node replay.ts PROJECTION --rollback [--verify]
       node replay.ts PROJECTION --drop-old
       node replay.ts PROJECTION --check-certificate FILE
       node replay.ts PROJECTION --rows
       node replay.ts --run ID
       node replay.ts --check
`;

/**
 * The command line of a service's `src/replay.ts`. Progress goes to stdout as JSON lines, the last of which is the report,
 * so that `tw replay` and Kubernetes jobs can both show it. Only projections are reachable from here: no handler, no
 * client, no side effect.
 */
export async function runReplay(
  service: string,
  projections: readonly Projection[],
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<number> {
  let wish: Wish;
  try {
    wish = parseWish(args);
    if ('projection' in wish) known(projections, wish.projection);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${usage}projections of ${service}: ${namesOf(projections)}\n`);
    return EXIT.usage;
  }
  try {
    return await carryOut(service, projections, env, wish);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof RebuildRunning ? EXIT.busy : EXIT.failed;
  }
}

async function carryOut(
  service: string,
  projections: readonly Projection[],
  env: NodeJS.ProcessEnv,
  wish: Wish,
): Promise<number> {
  switch (wish.verb) {
    case 'check':
      return withStores(service, env, async (systemDb, stores) =>
        (await checkProjections(projections, systemDb, print, stores)) ? EXIT.done : EXIT.failed,
      );
    case 'rows': {
      const projection = known(projections, wish.projection);
      return withStores(service, env, async (systemDb, stores) => {
        const { version, store } = await liveVersion(systemDb, projection.name);
        for await (const rows of wholeRows(await stores.open(store), projection, version))
          rows.forEach(print);
        return EXIT.done;
      });
    }
    case 'drop-old': {
      const projection = known(projections, wish.projection);
      return withConnections(service, env, async (uses) => {
        print({ dropped: await dropOld({ ...quiet(uses), projection }), of: projection.name });
        return EXIT.done;
      });
    }
    case 'check-certificate':
      return withConnections(service, env, (uses) =>
        check(uses, known(projections, wish.projection), wish.file, env),
      );
    case 'run':
      return withConnections(service, env, async (uses) => {
        const entry = await storedEntry(uses.systemDb, wish.id);
        if (entry === undefined) throw new Error(`there is no replay ${wish.id}`);
        const projection = known(projections, entry.projection);
        return (await runOne({ uses, projection, entry, env, onProgress: () => undefined })).code;
      });
    case 'replay':
    case 'rollback': {
      const projection = known(projections, wish.projection);
      const { verb, options, certificate } = wish;
      const refused = refusalOf(projection, options);
      if (refused !== undefined) {
        process.stderr.write(`${refused}\n`);
        return EXIT.usage;
      }
      return withConnections(service, env, async (uses) => {
        const entry = entryOf(verb, projection.name, options);
        const { code, report, error } = await runOne({ uses, projection, entry, env, onProgress: print });
        if (error !== undefined) process.stderr.write(`${error}\n`);
        if (report !== undefined) print(report);
        if (report !== undefined && certificate !== undefined) await saveCertificate(certificate, report);
        return code;
      });
    }
    default:
      return wish satisfies never;
  }
}

/** Reads what a certificate says was read, and says whether it still makes the same rows. */
async function check(
  uses: ReplayConnections,
  projection: Projection,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const wanted = JSON.parse(await readFile(file, 'utf8')) as Certificate;
  if (wanted.format !== 'tradewind.replay/1' || wanted.projection !== projection.name)
    throw new Error(`${file} is no certificate of ${projection.name}`);
  const { reasons, certificate } = await checkCertificate(
    { ...quiet(uses), projection, build: await buildOf(env), onProgress: print },
    wanted,
  );
  const { digest, rows, events } = certificate.replayed;
  print({ checked: projection.name, equal: reasons.length === 0, reasons, digest, rows, events });
  return reasons.length === 0 ? EXIT.done : EXIT.failed;
}

/** What is short enough not to be stopped half-way, and starts anew if it is. */
const quiet = (uses: ReplayConnections) => ({
  ...uses,
  onProgress: () => undefined,
  signal: new AbortController().signal,
});

function known(projections: readonly Projection[], name: string): Projection {
  const projection = projections.find((one) => one.name === name);
  if (projection === undefined) throw new Error(`no projection ${name}`);
  return projection;
}

const namesOf = (projections: readonly Projection[]): string =>
  projections.map(({ name }) => name).join(', ');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function print(value: object): void {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  process.stdout.write(`${text}\n`);
}
