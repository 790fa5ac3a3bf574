import type { ProjectionSource } from '#declared.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { databaseName } from '#stack.ts';

export interface VersionRow {
  readonly version: number;
  readonly state: 'building' | 'live' | 'retired';
  readonly store: string;
}

/** Versions of a projection, the one that was live last at the end of the retired ones. */
export const versionsOf = (stack: RunningStack, { service, name }: ProjectionSource): Promise<VersionRow[]> =>
  stack.query<VersionRow>(
    databaseName(service),
    'select version, state, store from projections where name = $1 order by retired_at nulls first, version',
    [name],
  );

/** What a rollback would do: where to, and how many events that version has missed. */
export async function describeRollback(stack: RunningStack, projection: ProjectionSource): Promise<string> {
  const { service, name, topics } = projection;
  const back = (await versionsOf(stack, projection)).findLast(({ state }) => state === 'retired');
  if (back === undefined) return `${name} has no earlier version: none was kept`;
  const reached = await stack.query<{ topic: string; partition: number; next: bigint }>(
    databaseName(service),
    `select topic, partition, next_offset as next from projection_checkpoints where projection = $1 and version = $2`,
    [name, back.version],
  );
  const next = new Map(reached.map((row) => [`${row.topic} ${row.partition}`, row.next]));
  let behind = 0n;
  for (const topic of topics)
    for (const [partition, end] of await stack.log.endOffsets(topic)) {
      const at = next.get(`${topic} ${partition}`) ?? 0n;
      if (end > at) behind += end - at;
    }
  return [
    `${name} (${service}): back to v${back.version} in ${back.store}, which is ${behind} events behind and would read them first`,
    'dry run: nothing was changed',
  ].join('\n');
}
