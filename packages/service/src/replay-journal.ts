import type { Certificate } from '@tradewind/outbox/certificate.ts';
import type { Progress } from '@tradewind/outbox/replay-session.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { ReplayOptions } from './replay-options.ts';

export type ReplayVerb = 'replay' | 'rollback';
export type ReplayEnd = 'stopped' | 'built' | 'switched' | 'mismatch' | 'failed';
export type ReplayState = 'requested' | 'running' | ReplayEnd;

/** The entry of one replay in table `replays`: what operators see of it, wherever it was started. */
export interface ReplayJournal {
  /** Once nobody else replays the projection: whoever says so still has died. */
  begun(): Promise<void>;
  progress(now: Progress): void;
  end(
    state: ReplayEnd,
    facts: { version?: number; certificate?: Certificate; error?: string },
  ): Promise<void>;
  /** The process has to go, not the replay: another one takes it up. */
  leave(): Promise<void>;
}

export interface JournalEntry {
  readonly id: string;
  readonly projection: string;
  readonly verb: ReplayVerb;
  readonly options: ReplayOptions;
  readonly managed: boolean;
  readonly requestedBy: string;
}

const BEAT_MS = 1_000;

const begin = `
  insert into replays (id, projection, verb, options, state, requested_by, managed, heartbeat_at)
  values ($1, $2, $3, $4, 'running', $5, $6, now())
  on conflict (id) do update set state = 'running', heartbeat_at = now(), error = null`;

const bury = `
  update replays set state = 'stopped', error = 'its process has ended', ended_at = now()
  where projection = $2 and state = 'running' and id <> $1`;

const beat = `
  update replays set heartbeat_at = now(), version = coalesce($3, version), progress = coalesce($2, progress)
  where id = $1 and state = 'running' returning stop_wanted as stop`;

const close = `
  update replays set state = $2, version = coalesce($3, version), certificate = $4, error = $5, ended_at = now()
  where id = $1`;

const hand = `update replays set state = 'requested', heartbeat_at = null where id = $1 and state = 'running'`;

const json = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));

/** @param stop called once when an operator wants it stopped */
export function replayJournal(systemDb: Database, entry: JournalEntry, stop: () => void): ReplayJournal {
  const { id, projection, verb, options, requestedBy, managed } = entry;
  let last: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> | undefined;

  const run = (text: string, values: readonly unknown[]) =>
    systemDb.transaction('', (tx) => tx.query<{ stop: boolean }>(text, values));

  function beatOn(): void {
    timer = setTimeout(() => {
      beating = run(beat, [id, last === undefined ? null : json(last), last?.version ?? null])
        .then(
          ([row]) => {
            if (row?.stop) stop();
          },
          // A database that is away ends the replay by itself, or comes back.
          () => undefined,
        )
        .then(() => {
          if (timer !== undefined) beatOn();
        });
    }, BEAT_MS);
  }

  async function still(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await beating;
  }

  return {
    async begun() {
      await run(begin, [id, projection, verb, JSON.stringify(options), requestedBy, managed]);
      await run(bury, [id, projection]);
      beatOn();
    },
    progress(now) {
      last = now;
    },
    async end(state, { version, certificate, error }) {
      await still();
      await run(close, [
        ...[id, state, version ?? null, certificate === undefined ? null : json(certificate), error ?? null],
      ]);
    },
    async leave() {
      await still();
      await run(hand, [id]);
    },
  };
}
