import { writeFile } from 'node:fs/promises';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { rebuild, RebuildRunning, type RebuildReport, rollback } from '@tradewind/outbox/rebuild.ts';
import { checkOffsets } from '@tradewind/outbox/replay-ranges.ts';
import type { Progress } from '@tradewind/outbox/replay-session.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { buildOf } from './build-of.ts';
import { type JournalEntry, type ReplayEnd, replayJournal } from './replay-journal.ts';
import { fromOf, type ReplayOptions, replayOptions, speedOf } from './replay-options.ts';
import type { ReplayConnections } from './replay-uses.ts';

/** Exit codes: 0 done, 1 mismatch or failed (nothing switched), 2 wrong arguments, 3 another replay is running. */
export const EXIT = { done: 0, failed: 1, usage: 2, busy: 3 } as const;

export interface Outcome {
  readonly code: number;
  readonly report?: RebuildReport;
  readonly error?: string;
}

interface Run {
  readonly uses: ReplayConnections;
  readonly projection: Projection;
  readonly entry: JournalEntry;
  readonly env: NodeJS.ProcessEnv;
  onProgress(progress: Progress): void;
}

/** Runs one replay or rollback to its end and keeps its entry in `replays`; signals of the process stop it, and it resumes. */
export async function runOne({ uses, projection, entry, env, onProgress }: Run): Promise<Outcome> {
  const { options, verb, managed } = entry;
  const abort = new AbortController();
  let wanted: 'stopped' | 'left' | undefined;
  const end = (reason: 'stopped' | 'left', message: string) => () => {
    wanted ??= reason;
    abort.abort(new Error(message));
  };
  const journal = replayJournal(uses.systemDb, entry, end('stopped', 'stopped; run it again to resume'));
  const bySignal = end(managed ? 'left' : 'stopped', 'interrupted; run it again to resume');
  process.once('SIGINT', bySignal).once('SIGTERM', bySignal);
  const from = fromOf(options);
  try {
    if (typeof from === 'object') await checkOffsets(uses.brokerLog, projection.topics, from);
    const report = await (verb === 'rollback' ? rollback : rebuild)({
      ...uses,
      projection,
      ...{ verify: options.verify, hold: options.hold, build: await buildOf(env), speed: speedOf(options) },
      ...(options.store === undefined ? {} : { store: options.store }),
      ...(from === undefined ? {} : { from }),
      ...(options.until === undefined ? {} : { until: new Date(options.until) }),
      onProgress(progress) {
        journal.progress(progress);
        onProgress(progress);
      },
      onLocked: () => journal.begun(),
      signal: abort.signal,
    });
    const state = stateAfter(report);
    await journal.end(state, { version: report.version, certificate: report.certificate });
    return { code: state === 'mismatch' ? EXIT.failed : EXIT.done, report };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (wanted === 'left') await journal.leave();
    else await journal.end(wanted ?? 'failed', { error: message });
    return { code: exitAfter(error), error: message };
  } finally {
    process.off('SIGINT', bySignal).off('SIGTERM', bySignal);
  }
}

function exitAfter(error: unknown): number {
  if (error instanceof RebuildRunning) return EXIT.busy;
  return isDomainError(error) && error.kind === 'invalid' ? EXIT.usage : EXIT.failed;
}

function stateAfter({ switched, mismatches }: RebuildReport): ReplayEnd {
  if (switched) return 'switched';
  return mismatches.length > 0 ? 'mismatch' : 'built';
}

/** An entry of a replay that was started from a command line. */
export const entryOf = (
  verb: 'replay' | 'rollback',
  projection: string,
  options: ReplayOptions,
): JournalEntry => ({
  ...{ id: newId(), projection, verb, options, managed: false, requestedBy: 'command line' },
});

/** The entry that the service has taken up. */
export async function storedEntry(systemDb: Database, id: string): Promise<JournalEntry | undefined> {
  const [row] = await systemDb.transaction('', (tx) =>
    tx.query<JournalEntry>(
      `select id, projection, verb, options, managed, requested_by as "requestedBy" from replays where id = $1`,
      [id],
    ),
  );
  return row && { ...row, options: replayOptions.parse(row.options) };
}

export async function saveCertificate(file: string, { certificate }: RebuildReport): Promise<void> {
  await writeFile(file, `${JSON.stringify(certificate, null, 2)}\n`);
}
