import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Signs } from './pace.ts';

interface Row {
  readonly outboxMs: number;
  readonly topic: string | null;
  readonly partition: number;
  readonly next: bigint | null;
}

const text = `
  select (select coalesce(extract(epoch from clock_timestamp() - min(created_at)) * 1000, 0)::float8 from outbox
      where parked_reason is null) as "outboxMs",
    c.topic, c.partition, c.next_offset as next
  from (select 1) one left join (
    projection_checkpoints c join projections p on p.name = c.projection and p.version = c.version
      and p.state = 'live' and p.name = $1) on true`;

/** Traffic comes in bursts. */
const GROWTH_MS = 10_000;

/** Events a second that came in about the last so many ms, told at each call where the topics end by now. */
export function growthOver(ms: number): (now: number, end: bigint) => number {
  const seen: { readonly now: number; readonly end: bigint }[] = [];
  return (now, end) => {
    seen.push({ now, end });
    while (seen.length > 2 && now - seen[1]!.now >= ms) seen.shift();
    const [first] = seen;
    return first && now > first.now ? (Number(end - first.end) * 1_000) / (now - first.now) : 0;
  };
}

/**
 * What the live side of a projection looks like from outside: the outbox's age by the database's clock, and how far the live
 * version is behind its topics. Nothing here is measured by this process's own clock, which is busy with the replay.
 */
export function liveSigns(
  systemDb: Database,
  brokerLog: Pick<BrokerLog, 'endOffsets'>,
  projection: string,
  topics: readonly string[],
): () => Promise<Signs | undefined> {
  let last: { readonly end: bigint; readonly applied: bigint } | undefined;
  const growth = growthOver(GROWTH_MS);
  return async () => {
    const [rows, ends] = await Promise.all([
      systemDb.transaction('', (tx) => tx.query<Row>(text, [projection])),
      Promise.all(topics.map(async (topic) => [topic, await brokerLog.endOffsets(topic)] as const)),
    ]);
    let applied = 0n;
    for (const { next } of rows) applied += next ?? 0n;
    const reached = new Map(rows.map(({ topic, partition, next }) => [`${topic} ${partition}`, next ?? 0n]));
    let end = 0n;
    let behind = 0n;
    for (const [topic, offsets] of ends)
      for (const [partition, offset] of offsets) {
        const at = reached.get(`${topic} ${partition}`);
        end += offset;
        // A partition that the live version has never read says nothing about how busy it is.
        if (at !== undefined && offset > at) behind += offset - at;
      }
    const before = last;
    const growing = growth(performance.now(), end);
    last = { end, applied };
    if (before === undefined) return undefined;
    return {
      flowing: end > before.end || behind > 0n,
      outboxMs: rows[0]?.outboxMs ?? 0,
      // One that does not move is stopped: no restraint of ours would bring it on.
      behind: applied > before.applied ? Number(behind) : 0,
      growth: growing,
    };
  };
}
