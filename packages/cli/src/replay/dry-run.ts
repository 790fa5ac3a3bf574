import { UsageError } from '#arguments.ts';
import type { ProjectionSource } from '#declared.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { databaseName } from '#stack.ts';
import { textTable } from '#text-table.ts';
import type { StartOfReading } from './start-of-reading.ts';

/** What a replay would read, and which version it would make. Changes nothing. */
export async function dryRun(
  stack: RunningStack,
  { service, name, topics }: ProjectionSource,
  from: StartOfReading,
): Promise<string> {
  const rows: string[][] = [];
  let total = 0n;
  for (const topic of topics) {
    const [ends, starts] = await Promise.all([stack.log.endOffsets(topic), startsOf(stack, topic, from)]);
    for (const [partition, end] of [...ends].sort(([a], [b]) => a - b)) {
      const start = starts.get(partition) ?? 0n;
      const count = end > start ? end - start : 0n;
      total += count;
      rows.push([topic, String(partition), String(start), String(end), String(count)]);
    }
  }
  if (rows.length === 0) throw new UsageError(`${name} names no topic`);
  const versions = await stack.query<{ version: number; state: string }>(
    databaseName(service),
    'select version, state from projections where name = $1 order by version',
    [name],
  );
  const live = versions.find(({ state }) => state === 'live')?.version;
  const building = versions.find(({ state }) => state === 'building')?.version;
  const next = (versions.at(-1)?.version ?? 0) + 1;
  return [
    textTable(['TOPIC', 'PARTITION', 'FROM', 'TO', 'EVENTS'], rows),
    '',
    `${name} (${service}): ${total} events would be read`,
    `reads go to v${live ?? '-'}; ${building === undefined ? `v${next} would be made` : `v${building} would be resumed from its checkpoints`}`,
    'dry run: nothing was changed',
  ].join('\n');
}

async function startsOf(
  stack: RunningStack,
  topic: string,
  from: StartOfReading,
): Promise<Map<number, bigint>> {
  const beginning = await stack.log.beginningOffsets(topic);
  switch (from.kind) {
    case 'everything':
      return beginning;
    case 'time':
      return stack.log.offsetsAt(topic, from.epochMs);
    case 'offsets':
      return new Map(
        [...beginning].map(([partition, low]) => [
          partition,
          from.offsets.get(`${topic} ${partition}`) ?? low,
        ]),
      );
    default:
      return from satisfies never;
  }
}
