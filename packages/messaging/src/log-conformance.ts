import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker, Message, OutgoingMessage } from './broker.ts';
import type { Log } from './log.ts';
import { partitionFor } from './partitioner.ts';

export interface LogUnderTest {
  connect(): Broker & Log;
  /** Makes an unused topic with three partitions, and answers its name. */
  newTopic(): Promise<string>;
}

const PARTITIONS = 3;
let groups = 0;
const newGroup = (): string => `log-conformance-${process.pid}-${Date.now()}-${++groups}`;

const numbered = (from: number, to: number): OutgoingMessage[] =>
  Array.from({ length: to - from }, (_, n) => ({
    key: `k${from + n}`,
    value: Buffer.from(String(from + n)),
    headers: { n: String(from + n) },
  }));

const sum = (offsets: ReadonlyMap<number, bigint>): bigint =>
  [...offsets.values()].reduce((a, b) => a + b, 0n);

async function readAll(
  log: Log,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): Promise<Message[]> {
  const found: Message[] = [];
  for await (const batch of log.read(topic, partition, from, to)) found.push(...batch);
  return found;
}

/** What a broker promises that keeps its messages by offset. */
export function logConformance(name: string, makeLog: () => LogUnderTest | Promise<LogUnderTest>): void {
  describe(`${name} as a log`, () => {
    let broker: Broker & Log;
    let topic: string;

    beforeEach(async () => {
      const server = await makeLog();
      broker = server.connect();
      topic = await server.newTopic();
    });
    afterEach(() => broker.close());

    it('knows the ends of a topic', async () => {
      expect(await broker.endOffsets(topic)).toEqual(
        new Map([
          [0, 0n],
          [1, 0n],
          [2, 0n],
        ]),
      );
      await broker.publisher().publish(topic, numbered(0, 100));
      const end = await broker.endOffsets(topic);
      expect(sum(end)).toBe(100n);
      expect(end.get(0)).toBe(
        BigInt(numbered(0, 100).filter(({ key }) => partitionFor(key, PARTITIONS) === 0).length),
      );
      expect(sum(await broker.beginningOffsets(topic))).toBe(0n);
    });

    it('reads a range of a partition, exactly', async () => {
      await broker.publisher().publish(topic, numbered(0, 3_000));
      const end = await broker.endOffsets(topic);
      const all = await Promise.all(
        [0, 1, 2].map((partition) => readAll(broker, topic, partition, 0n, end.get(partition)!)),
      );
      all.forEach((messages, partition) => {
        expect(messages.map(({ offset }) => offset)).toEqual(Array.from(messages, (_, n) => BigInt(n)));
        expect(messages.every(({ key }) => partitionFor(key, PARTITIONS) === partition)).toBe(true);
      });
      expect(new Set(all.flat().map(({ value }) => value.toString())).size).toBe(3_000);
      expect(all.flat().every(({ headers, value }) => headers['n'] === value.toString())).toBe(true);
      const some = await readAll(broker, topic, 1, 10n, 25n);
      expect(some.map(({ offset }) => offset)).toEqual(Array.from({ length: 15 }, (_, n) => BigInt(n + 10)));
      expect(await readAll(broker, topic, 1, 5n, 5n)).toEqual([]);
    });

    it('can be left in the middle of a read', async () => {
      await broker.publisher().publish(topic, numbered(0, 3_000));
      const [partition, end] = [...(await broker.endOffsets(topic))][0]!;
      let first = 0;
      for await (const batch of broker.read(topic, partition, 0n, end)) {
        first = batch.length;
        break;
      }
      expect(first).toBeGreaterThan(0);
    });

    it('finds offsets by time', async () => {
      const publisher = broker.publisher();
      await publisher.publish(topic, numbered(0, 50));
      const before = await broker.endOffsets(topic);
      const stored = await readAll(broker, topic, 0, 0n, before.get(0)!);
      const latest = Math.max(...stored.map(({ timestamp }) => timestamp));
      while (Date.now() <= latest) await delay(1);
      const between = Date.now();
      await publisher.publish(topic, numbered(50, 100));
      expect(await broker.offsetsAt(topic, between)).toEqual(before);
      expect(sum(await broker.offsetsAt(topic, 0))).toBe(0n);
      expect(await broker.offsetsAt(topic, between + 3_600_000)).toEqual(await broker.endOffsets(topic));
    });

    it('moves a group that has no members, and only then', async () => {
      const group = newGroup();
      await broker.publisher().publish(topic, numbered(0, 300));
      expect(await broker.groupOffsets(group, topic)).toEqual(new Map());
      const target = new Map([
        [0, 7n],
        [1, 8n],
        [2, 9n],
      ]);
      await broker.setGroupOffsets(group, topic, target);
      expect(await broker.groupOffsets(group, topic)).toEqual(target);
      const received: Message[] = [];
      const subscription = await broker.subscribe({
        group,
        topics: [topic],
        onBatch: async (batch) => void received.push(...batch),
      });
      while (received.length < 300 - 24) await delay(10);
      expect(received.length).toBe(300 - 24);
      const lowest = [0, 1, 2].map(
        (partition) => received.find((message) => message.partition === partition)?.offset,
      );
      expect(lowest).toEqual([7n, 8n, 9n]);
      await expect(broker.setGroupOffsets(group, topic, target)).rejects.toMatchObject({
        code: 'GROUP_ACTIVE',
      });
      await expect(broker.deleteGroup(group)).rejects.toMatchObject({ code: 'GROUP_ACTIVE' });
      await subscription.stop();
      expect(await broker.groupOffsets(group, topic)).toEqual(await broker.endOffsets(topic));
      await broker.setGroupOffsets(group, topic, target);
      expect(await broker.groupOffsets(group, topic)).toEqual(target);
    });

    it('tells how far a group is behind', async () => {
      const group = newGroup();
      await broker.publisher().publish(topic, numbered(0, 30));
      const hold = Promise.withResolvers<void>();
      const subscription = await broker.subscribe({ group, topics: [topic], onBatch: () => hold.promise });
      expect(await subscription.lag!()).toBe(30n);
      hold.resolve();
      while ((await subscription.lag!()) > 0n) await delay(10);
      expect(await broker.groupOffsets(group, topic)).toEqual(await broker.endOffsets(topic));
    });

    it('forgets a group', async () => {
      const group = newGroup();
      await broker.setGroupOffsets(group, topic, new Map([[0, 0n]]));
      await broker.deleteGroup(group);
      expect(await broker.groupOffsets(group, topic)).toEqual(new Map());
      await broker.deleteGroup(group);
    });

    it('creates a topic once', async () => {
      const name = `${topic}.made`;
      await broker.ensureTopic({ name, partitions: 2, config: { 'retention.ms': '-1' } });
      await broker.ensureTopic({ name, partitions: 5 });
      expect((await broker.endOffsets(name)).size).toBe(2);
    });

    it('says clearly that a topic does not exist', async () => {
      const unknown = `${topic}.nobody-made-this`;
      for (const asking of [
        () => broker.endOffsets(unknown),
        () => broker.beginningOffsets(unknown),
        () => broker.offsetsAt(unknown, 0),
        () => broker.setGroupOffsets(newGroup(), unknown, new Map([[0, 0n]])),
        () => readAll(broker, unknown, 0, 0n, 1n),
      ]) {
        await expect(asking()).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' });
      }
    });
  });
}
