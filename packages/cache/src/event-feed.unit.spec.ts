import { createInMemoryCluster } from '@tradewind/messaging/in-memory-broker.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { createEventFeed, highestVersions } from './event-feed.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const onCrash = () => undefined;
const message = (key: string, aggregateVersion: string) => ({
  ...{ key, value: Buffer.from('') },
  headers: { aggregateVersion },
});

describe('event feed', () => {
  it('tells every process of a group per process what came since it began, and the sharers once', async () => {
    const cluster = createInMemoryCluster({ topics: ['stock'] });
    const publisher = cluster.connect().publisher();
    await publisher.publish('stock', [message('BEFORE', '1')]);
    const heard: string[] = [];
    const feedOf = (who: string, eachProcess: boolean) =>
      createEventFeed({
        ...{ broker: cluster.connect(), group: 'g', eachProcess, topics: ['stock'], log, onCrash },
        onBatch: async (batch) => void heard.push(...batch.map(({ key }) => `${who} ${key}`)),
      });
    const feeds = [feedOf('one', true), feedOf('two', true), feedOf('us', false), feedOf('us', false)];
    await Promise.all(feeds.map((feed) => feed.start()));
    await eventually(async () => expect(feeds.every(({ fed }) => fed)).toBe(true));
    await publisher.publish('stock', [message('P', '2')]);
    await eventually(async () => expect(heard.toSorted()).toEqual(['one P', 'two P', 'us P']));
    await Promise.all(feeds.map((feed) => feed.stop()));
    expect(feeds.some(({ fed }) => fed)).toBe(false);
  });

  it('brings what could not be carried out again', async () => {
    const cluster = createInMemoryCluster({ topics: ['products'] });
    const told: [string, number][] = [];
    let away = true;
    const feed = createEventFeed({
      ...{ broker: cluster.connect(), group: 'g', eachProcess: false, topics: ['products'], log, onCrash },
      async onBatch(batch) {
        if (away) {
          away = false;
          throw new Error('Redis is away');
        }
        told.push(...highestVersions(batch));
      },
    });
    await feed.start();
    await eventually(async () => expect(feed.fed).toBe(true));
    await cluster
      .connect()
      .publisher()
      .publish('products', [message('A', '2'), message('A', '3')]);
    await eventually(async () => expect(told.at(-1)).toEqual(['A', 3]));
    await feed.stop();
  });

  it('knows the highest version of each thing in a batch', () => {
    const place = { topic: 't', partition: 0, offset: 0n, timestamp: 0 };
    const batch = [message('A', '3'), message('B', '1'), message('A', '2')];
    expect(Object.fromEntries(highestVersions(batch.map((one) => ({ ...one, ...place }))))).toEqual({
      ...{ A: 3, B: 1 },
    });
  });
});
