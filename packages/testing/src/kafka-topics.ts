import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

export interface TestTopics {
  /** Creates a topic that no other test uses; answers its full name. */
  create(name: string, partitions?: number): Promise<string>;
  /** A consumer group that no other test uses. */
  group(name: string): string;
  /** Deletes the topics that were created. */
  close(): Promise<void>;
}

/** Topics and groups under a prefix of their own, so that test files share a broker without meeting each other. */
export async function testTopics(brokers: string[]): Promise<TestTopics> {
  const prefix = `test.${randomUUID().slice(0, 8)}`;
  const client = new kafkajs.Kafka({ clientId: prefix, brokers, logLevel: kafkajs.logLevel.ERROR });
  const admin = client.admin();
  await admin.connect();
  const created: string[] = [];
  return {
    async create(name, partitions = 3) {
      const topic = `${prefix}.${name}`;
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
      });
      created.push(topic);
      return topic;
    },
    group: (name) => `${prefix}.${name}`,
    async close() {
      if (created.length > 0) await admin.deleteTopics({ topics: created });
      await admin.disconnect();
    },
  };
}
