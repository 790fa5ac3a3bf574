import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Log, Offsets } from '@tradewind/messaging/log.ts';
import { type AdminConnection, type ClientOptions } from './client.ts';
import { openCluster } from './cluster.ts';
import { brokerError, protocolErrors } from './errors.ts';
import { readPartition } from './read.ts';

interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}

const DEFAULT_PARTITIONS = 12;
const CREATE_TIMEOUT_MS = 10_000;
const CREATE_POLL_MS = 50;
const NOT_YET = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];
const NO_OFFSET = '-1';

function toOffsets(partitions: readonly PartitionOffset[]): Offsets {
  const known = partitions.filter(({ offset }) => offset !== NO_OFFSET);
  return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

/** The replay side of Kafka: offsets, groups, topics and reads outside any group. */
export function createKafkaLog(options: ClientOptions, admin: AdminConnection): Log {
  async function ask<T>(
    about: { topic?: string; group?: string },
    work: Parameters<typeof admin.use<T>>[0],
  ): Promise<T> {
    try {
      return await admin.use(work);
    } catch (error) {
      throw brokerError(error, about);
    }
  }

  const topicOffsets = (topic: string) => ask({ topic }, (client) => client.fetchTopicOffsets(topic));

  /** Whether the leaders of all partitions answer; metadata names them a moment before they do. */
  async function isServed(topic: string): Promise<boolean> {
    try {
      await admin.use((client) => client.fetchTopicOffsets(topic));
      return true;
    } catch (error) {
      if (protocolErrors(error).some((name) => NOT_YET.includes(name))) return false;
      throw brokerError(error, {});
    }
  }

  return {
    endOffsets: async (topic) => toOffsets(await topicOffsets(topic)),
    beginningOffsets: async (topic) =>
      toOffsets((await topicOffsets(topic)).map(({ partition, low }) => ({ partition, offset: low }))),
    offsetsAt: async (topic, epochMs) =>
      toOffsets(await ask({ topic }, (client) => client.fetchTopicOffsetsByTimestamp(topic, epochMs))),

    async groupOffsets(group, topic) {
      const [found] = await ask({ topic }, (client) =>
        client.fetchOffsets({ groupId: group, topics: [topic] }),
      );
      return toOffsets(found?.partitions ?? []);
    },

    async setGroupOffsets(group, topic, offsets) {
      if (offsets.size === 0) return;
      await topicOffsets(topic);
      const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
      try {
        const cluster = await openCluster(options);
        try {
          await cluster.addTargetTopic(topic);
          const coordinator = await cluster.findGroupCoordinator({ groupId: group });
          // Without a member id the coordinator accepts this only for a group that has no members.
          const topics = [{ topic, partitions }];
          await coordinator.offsetCommit({ groupId: group, groupGenerationId: -1, memberId: '', topics });
        } finally {
          await cluster.disconnect();
        }
      } catch (error) {
        throw brokerError(error, { group });
      }
    },

    async deleteGroup(group) {
      try {
        await admin.use((client) => client.deleteGroups([group]));
      } catch (error) {
        if (!protocolErrors(error).includes('GROUP_ID_NOT_FOUND')) throw brokerError(error, { group });
      }
    },

    async ensureTopic({ name, partitions = DEFAULT_PARTITIONS, replicationFactor, config = {} }) {
      const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
      await ask({}, async (client) => {
        const exists = (await client.listTopics()).includes(name);
        if (exists) return;
        await client.createTopics({
          // kafkajs's own wait fails when the broker that it asks has not heard of the topic yet.
          waitForLeaders: false,
          topics: [
            {
              topic: name,
              numPartitions: partitions,
              ...(replicationFactor === undefined ? {} : { replicationFactor }),
              configEntries,
            },
          ],
        });
      });
      const deadline = Date.now() + CREATE_TIMEOUT_MS;
      while (!(await isServed(name))) {
        if (Date.now() > deadline) {
          throw new DomainError(
            'BROKER_UNAVAILABLE',
            'unavailable',
            `Kafka: topic "${name}" has no leaders yet`,
          );
        }
        await delay(CREATE_POLL_MS);
      }
    },

    async *read(topic, partition, from, to) {
      if (from >= to) return;
      const beginning = (await topicOffsets(topic)).find((offsets) => offsets.partition === partition);
      if (beginning === undefined) return;
      const start = BigInt(beginning.low) > from ? BigInt(beginning.low) : from;
      try {
        yield* readPartition(options, topic, partition, start, to);
      } catch (error) {
        throw brokerError(error, { topic });
      }
    },
  };
}
