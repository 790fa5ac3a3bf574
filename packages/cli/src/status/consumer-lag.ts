import kafkajs, { type Admin } from 'kafkajs';

/** The process that a consumer group belongs to: groups are named `<service>.<what>`; the longest matching name wins. */
export function ownerOf(groupId: string, names: readonly string[]): string | undefined {
  return names
    .filter((name) => groupId === name || groupId.startsWith(`${name}.`) || groupId.startsWith(`${name}-`))
    .sort((a, b) => b.length - a.length)[0];
}

/** What a group has not read of one partition. Without a committed position (-1) that is all that is kept. */
export function partitionLag(committed: bigint, low: bigint, high: bigint): bigint {
  const lag = high - (committed < low ? low : committed);
  return lag < 0n ? 0n : lag;
}

/** A group that nobody is in, of a process that runs: a leftover of an earlier version or instance, which nobody reads for. */
export function isAbandoned(members: number, ownerRuns: boolean): boolean {
  return members === 0 && ownerRuns;
}

/**
 * Messages not yet read, summed over the groups of each process; undefined where the broker does not answer.
 * `running` says of each process name whether it is up.
 */
export async function consumerLag(
  broker: string,
  running: ReadonlyMap<string, boolean>,
): Promise<Map<string, number> | undefined> {
  const kafka = new kafkajs.Kafka({
    clientId: 'tw-status',
    brokers: [broker],
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await lagOf(admin, running);
  } catch {
    // The table shows a dash: a broker that is down is what the other columns say already.
    return undefined;
  } finally {
    await admin.disconnect();
  }
}

async function lagOf(admin: Admin, running: ReadonlyMap<string, boolean>): Promise<Map<string, number>> {
  const ends = new Map<string, ReturnType<Admin['fetchTopicOffsets']>>();
  const endsOf = (topic: string) => {
    const known = ends.get(topic) ?? admin.fetchTopicOffsets(topic);
    ends.set(topic, known);
    return known;
  };
  const sums = new Map<string, number>();
  const names = [...running.keys()];
  const ids = (await admin.listGroups()).groups
    .map((it) => it.groupId)
    .filter((id) => ownerOf(id, names) !== undefined);
  if (ids.length === 0) return sums;
  for (const { groupId, members } of (await admin.describeGroups(ids)).groups) {
    const owner = ownerOf(groupId, names) ?? '';
    if (isAbandoned(members.length, running.get(owner) === true)) continue;
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
      const committed = new Map(partitions.map((it) => [it.partition, BigInt(it.offset)]));
      for (const { partition, low, high } of await endsOf(topic)) {
        const lag = partitionLag(committed.get(partition) ?? -1n, BigInt(low), BigInt(high));
        sums.set(owner, (sums.get(owner) ?? 0) + Number(lag));
      }
    }
  }
  return sums;
}
