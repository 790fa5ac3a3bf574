import type { Message } from '@tradewind/messaging/broker.ts';
import type { ProjectionSource } from '#declared.ts';
import { databaseName } from '#stack.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Found } from './find-events.ts';
import type { Effect, Effects } from './lineage.ts';
import { parkedReasons } from './parked-reasons.ts';

interface Reached {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
  readonly at: Date;
}

/** When a live version had read past an offset: the first mark beyond it, and the last one before. Pure. */
export function appliedBetween(
  marks: readonly Reached[],
  { topic, partition, offset }: { topic: string; partition: number; offset: bigint },
): { at: number; notBefore: number | undefined } | undefined {
  const own = marks
    .filter((one) => one.topic === topic && one.partition === partition)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const after = own.find(({ next }) => next > offset);
  const before = own.findLast(({ next }) => next <= offset);
  return after && { at: after.at.getTime(), notBefore: before?.at.getTime() };
}

/**
 * A projection keeps no receipt per event. That it applied one its checkpoint tells, and its row's version; when, marks of
 * the last hour within a second, and after that the time of the checkpoint's last move.
 */
export async function projectionEffects(
  stack: RunningStack,
  { service, name, topics }: ProjectionSource,
  events: readonly Found[],
): Promise<Effects> {
  const database = databaseName(service);
  const mine = events.filter(({ message }) => topics.includes(message.topic));
  const live = await stack.query<{ version: number }>(
    database,
    `select version from projections where name = $1 and state = 'live'`,
    [name],
  );
  const version = live[0]?.version;
  if (mine.length === 0 || version === undefined) return new Map();
  const [marks, checkpoints, shown, parked, given] = await Promise.all([
    reached(stack, database, 'projection_progress', name, version),
    reached(stack, database, 'projection_checkpoints', name, version),
    shownVersions(
      stack,
      database,
      name,
      mine.map(({ message }) => message.key),
    ),
    parkedReasons(
      stack,
      database,
      [name],
      mine.map(({ event }) => event.eventId),
    ),
    passedOver(stack, database, name),
  ]);
  const effectOf = ({ event, message }: Found): Effect => {
    const base = { kind: 'projection', service, name } as const;
    const reason = parked.get(`${name} ${event.eventId}`);
    if (reason !== undefined) return { ...base, exact: true, state: 'parked', detail: reason };
    if (given.has(placeIn(event.storeId, message, event.aggregateVersion)))
      return { ...base, exact: true, state: 'done', detail: 'given up by an operator' };
    const when = appliedBetween([...marks, ...checkpoints], message);
    if (when === undefined) return { ...base, exact: true, state: 'waiting' };
    const row = shown?.get(`${event.storeId} ${message.topic} ${message.key}`);
    const detail = row === undefined ? `v${version}` : `v${version}, its row at version ${row}`;
    if (row !== undefined && row < event.aggregateVersion)
      return { ...base, exact: true, state: 'missing', detail };
    return { ...base, ...when, exact: false, state: 'done', detail };
  };
  return new Map(mine.map((found) => [found.event.eventId, [effectOf(found)]]));
}

async function reached(
  stack: RunningStack,
  database: string,
  table: 'projection_progress' | 'projection_checkpoints',
  name: string,
  version: number,
): Promise<Reached[]> {
  return stack.query<Reached>(
    database,
    `select topic, partition, next_offset as next, applied_at as at from ${table} where projection = $1 and version = $2`,
    [name, version],
  );
}

const placeIn = (storeId: string, { topic, key }: Pick<Message, 'topic' | 'key'>, version: number): string =>
  `${storeId} ${topic} ${key} ${version}`;

/** Events that were given up for a projection: few, as each was dropped by hand. */
async function passedOver(
  stack: RunningStack,
  database: string,
  projection: string,
): Promise<ReadonlySet<string>> {
  const rows = await stack.query<{ storeId: string; topic: string; key: string; version: number }>(
    database,
    `select store_id as "storeId", topic, partition_key as key, aggregate_version as version
     from passed_over_events where projection = $1`,
    [projection],
  );
  return new Set(rows.map((row) => placeIn(row.storeId, row, row.version)));
}

/** Versions that rows are at, by `<tenant> <topic> <key>`; undefined where the rows do not stand in Postgres. */
export async function shownVersions(
  stack: RunningStack,
  database: string,
  view: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number> | undefined> {
  const column = await keyColumn(stack, database, view);
  if (column === undefined) return undefined;
  const rows = await stack.query<{ name: string; version: number }>(
    database,
    `select r.store_id || ' ' || v.key || ' ' || r.${column} as name, v.value::int as version
     from ${view} r, jsonb_each_text(r.versions) v where r.${column} = any($1)`,
    [[...new Set(keys)]],
  );
  return new Map(rows.map(({ name, version }) => [name, version]));
}

/** What identifies a row besides its tenant. */
async function keyColumn(stack: RunningStack, database: string, view: string): Promise<string | undefined> {
  const [column] = await stack.query<{ name: string }>(
    database,
    `select a.attname as name from projections p
     join pg_index i on i.indrelid = to_regclass(p.name || '_v' || p.version) and i.indisprimary
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) and a.attname <> 'store_id'
     where p.name = $1 and p.state = 'live' and to_regclass(p.name) is not null`,
    [view],
  );
  return column?.name;
}
