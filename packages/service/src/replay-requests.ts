import { newId } from '@tradewind/kernel/ids.ts';
import { errorTable } from '@tradewind/kernel/errors.ts';
import type { Certificate } from '@tradewind/outbox/certificate.ts';
import { parseRecipe } from '@tradewind/outbox/recipe.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { ReplayState, ReplayVerb } from './replay-journal.ts';
import type { ReplayOptions } from './replay-options.ts';

export const replayError = errorTable({
  PROJECTION_NOT_FOUND: ['not-found', 'this service has no such projection'],
  REPLAY_NOT_FOUND: ['not-found', 'there is no such replay of this projection'],
  REPLAY_OPTIONS_INVALID: ['invalid', 'these options do not go together'],
  REPLAY_RUNNING: ['conflict', 'a replay of this projection is running; stop it or wait for its end'],
  REPLAY_OVER: ['conflict', 'this replay has ended: there is nothing to stop'],
  NOTHING_HELD: ['conflict', 'no version was built and held: start a replay with hold'],
  NOTHING_TO_ROLL_BACK_TO: ['conflict', 'no earlier version was kept'],
});

export interface StoredReplay {
  readonly id: string;
  readonly projection: string;
  readonly verb: ReplayVerb;
  readonly options: ReplayOptions;
  readonly state: ReplayState;
  readonly version: number | null;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly rate: number;
    readonly secondsLeft?: number;
  } | null;
  readonly certificate: Certificate | null;
  readonly error: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly endedAt: Date | null;
}

const columns = `id, projection, verb, options, state, version, progress, error, requested_by as "requestedBy",
  requested_at as "requestedAt", ended_at as "endedAt"`;

export async function replayOf(tx: Transaction, projection: string, id: string): Promise<StoredReplay> {
  const [row] = await tx.query<StoredReplay>(
    `select ${columns}, certificate from replays where projection = $1 and id::text = $2`,
    [projection, id],
  );
  if (row === undefined) throw replayError('REPLAY_NOT_FOUND');
  return row;
}

/** Each projection's last one, without its certificate. */
export async function lastReplays(tx: Transaction): Promise<Map<string, StoredReplay>> {
  const rows = await tx.query<StoredReplay>(
    `select distinct on (projection) ${columns}, null as certificate from replays
     order by projection, requested_at desc`,
  );
  return new Map(rows.map((row) => [row.projection, row]));
}

/**
 * Asks for a replay. Whoever asks for the same projection meanwhile waits for this transaction.
 * @throws DomainError REPLAY_RUNNING while one is asked for, or runs and has been heard of lately
 */
export async function requestReplay(
  tx: Transaction,
  projection: string,
  verb: ReplayVerb,
  options: ReplayOptions,
  requestedBy: string,
): Promise<StoredReplay> {
  await tx.query('select 1 from projections where name = $1 order by version for update', [projection]);
  const open = await tx.query(
    `select 1 from replays where projection = $1
       and (state = 'requested' or (state = 'running' and heartbeat_at > now() - interval '15 seconds'))`,
    [projection],
  );
  if (open.length > 0) throw replayError('REPLAY_RUNNING');
  const [row] = await tx.query<StoredReplay>(
    `insert into replays (id, projection, verb, options, state, requested_by, managed)
     values ($1, $2, $3, $4, 'requested', $5, true) returning ${columns}, null as certificate`,
    [newId(), projection, verb, JSON.stringify(options), requestedBy],
  );
  return row!;
}

/** Wants a replay stopped: one that has not begun is so at once. What it has built stays, for the next one to go on with. */
export async function stopReplay(tx: Transaction, projection: string, id: string): Promise<StoredReplay> {
  const rows = await tx.query(
    `update replays set stop_wanted = true,
       state = case state when 'requested' then 'stopped' else state end,
       ended_at = case state when 'requested' then now() end
     where projection = $1 and id::text = $2 and state in ('requested', 'running') returning 1`,
    [projection, id],
  );
  const stored = await replayOf(tx, projection, id);
  if (rows.length === 0) throw replayError('REPLAY_OVER');
  return stored;
}

export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly state: 'building' | 'live' | 'retired';
  readonly store: string;
  readonly createdAt: Date;
}

export const versionsOf = (tx: Transaction): Promise<VersionRow[]> =>
  tx.query<VersionRow>(
    `select name, version, state, store, created_at as "createdAt" from projections order by name, version`,
  );

/** The options of the replay that has built a version and left it to be switched to. */
export async function heldOptions(tx: Transaction, projection: string): Promise<ReplayOptions> {
  const building = await tx.query<{ version: number; recipe: string | null }>(
    `select version, recipe from projections where name = $1 and state = 'building'`,
    [projection],
  );
  const whole = building.filter(({ recipe }) => {
    const made = parseRecipe(recipe);
    return made?.kind === 'replay' && made.until === '';
  });
  const [held] = await tx.query<{ options: ReplayOptions }>(
    `select options from replays where projection = $1 and state = 'built' and version = any($2)
     order by requested_at desc limit 1`,
    [projection, whole.map(({ version }) => version)],
  );
  if (held === undefined) throw replayError('NOTHING_HELD');
  return held.options;
}
