import type { Message } from '@tradewind/messaging/message.ts';
import type { ClientOptions } from './client.ts';
import { openCluster, READ_COMMITTED } from './cluster.ts';
import { toMessage } from './convert.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 250;
/** Fetches without progress after which the rest of the range is known to be gone (compacted or deleted). */
const MOST_EMPTY = 8;

/**
 * Reads `from` <= offset < `to` of a partition straight from its leader, over a connection of its own: no group, no
 * rebalance, nothing left behind. The next batch is fetched while the caller handles the last one.
 */
export async function* readPartition(
  options: ClientOptions,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): AsyncGenerator<Message[]> {
  if (from >= to) return;
  const cluster = await openCluster(options);

  async function fetch(offset: bigint) {
    await cluster.refreshMetadataIfNecessary();
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    const leader = await cluster.findBroker({ nodeId: nodeId! });
    const { responses } = await leader.fetch({
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: READ_COMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAX_BYTES }] }],
    });
    const records = responses[0]?.partitions[0]?.messages ?? [];
    // A record batch is stored whole: it may begin before the wanted offset.
    const wanted = records.filter((record) => BigInt(record.offset) >= offset);
    const last = wanted.at(-1);
    return { records: wanted, next: last ? BigInt(last.offset) + 1n : offset };
  }

  try {
    await cluster.addTargetTopic(topic);
    let empty = 0;
    let ahead = fetch(from);
    for (let at = from; at < to && empty < MOST_EMPTY;) {
      const { records, next } = await ahead;
      empty = next > at ? 0 : empty + 1;
      at = next;
      if (at < to && empty < MOST_EMPTY) {
        ahead = fetch(at);
        // Its failure is met at the next turn, unless the caller ends the loop before.
        ahead.catch(() => undefined);
      }
      const batch = records
        .filter((record) => record.isControlRecord !== true && BigInt(record.offset) < to)
        .map((record) => toMessage(topic, partition, record));
      if (batch.length > 0) yield batch;
    }
  } finally {
    await cluster.disconnect();
  }
}
