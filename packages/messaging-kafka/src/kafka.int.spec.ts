import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { brokerConformance } from '@tradewind/messaging/conformance.ts';
import { logConformance } from '@tradewind/messaging/log-conformance.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { createClient } from './client.ts';
import { createKafkaBroker } from './kafka-broker.ts';
import { kafkajsLog, silentLogger } from './logger.ts';

const { brokers } = await (await servers()).kafka();
const connect = (options: { readonly drainMs?: number } = {}) =>
  createKafkaBroker({ brokers, clientId: 'conformance', ...options });

const logCreator = kafkajsLog(silentLogger);
const keeper = connect();
const made: string[] = [];
const newTopic = (partitions: number) => async () => {
  const name = `conformance.${process.pid}.${Date.now()}.${made.length}`;
  made.push(name);
  await keeper.ensureTopic({ name, partitions });
  return name;
};

afterAll(async () => {
  await keeper.close();
  const admin = createClient({ brokers, clientId: 'conformance', log: silentLogger, logCreator }).admin();
  await admin.connect();
  const left = await admin.listTopics();
  await admin.deleteTopics({ topics: left.filter((topic) => made.some((name) => topic.startsWith(name))) });
  await admin.disconnect();
});

brokerConformance('Kafka', () => ({ connect, newTopic: newTopic(12) }));
logConformance('Kafka', () => ({ connect, newTopic: newTopic(3) }));

describe('the Kafka adapter', () => {
  it('names the message that the broker does not take, and can publish the others', async () => {
    const topic = await newTopic(1)();
    const broker = connect();
    onTestFinished(() => broker.close());
    const publisher = broker.publisher();
    const message = (key: string, size: number) => ({ key, value: Buffer.alloc(size), headers: {} });
    const messages = [message('a', 10), message('b', 2 * 1024 * 1024), message('c', 10)];
    const publishing = publisher.publish(topic, messages);
    await expect(publishing).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      retryable: false,
      poison: [1],
    });
    await publisher.publish(topic, [messages[0]!, messages[2]!]);
    // The first of them was stored twice: nothing was known about it.
    expect((await broker.endOffsets(topic)).get(0)).toBe(3n);
  });

  it('stores a publish that is larger than one record batch may be', async () => {
    const topic = await newTopic(1)();
    const broker = connect();
    onTestFinished(() => broker.close());
    const large = Array.from({ length: 8 }, (_, n) => ({
      key: `k${n}`,
      value: Buffer.alloc(400_000),
      headers: {},
    }));
    await broker.publisher().publish(topic, large);
    expect((await broker.endOffsets(topic)).get(0)).toBe(8n);
  });

  // Unpatched, kafkajs arms a thousand timers a second on Node 24 (see kafkajs-patch.unit.spec.ts).
  it('rests when idle', async () => {
    const topic = await newTopic(12)();
    const broker = connect();
    onTestFinished(() => broker.close());
    await broker.publisher().publish(topic, [{ key: 'k', value: Buffer.from('v'), headers: {} }]);
    let received = 0;
    const subscription = await broker.subscribe({
      group: `idle-${topic}`,
      topics: [topic],
      onBatch: async (batch) => void (received += batch.length),
    });
    while (received === 0) await delay(10);

    const warnings: string[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const original = globalThis.setTimeout;
    let armed = 0;
    globalThis.setTimeout = Object.assign((...parameters: Parameters<typeof original>) => {
      armed++;
      return original(...parameters);
    }, original);
    onTestFinished(() => {
      globalThis.setTimeout = original;
      process.off('warning', onWarning);
    });
    for (let fetches = 0; fetches < 4; fetches++) {
      const before = subscription.lastFetchAt;
      while (subscription.lastFetchAt === before) await delay(5);
    }
    expect(armed).toBeLessThan(100);
    expect(warnings).not.toContain('TimeoutNegativeWarning');
  });
});
