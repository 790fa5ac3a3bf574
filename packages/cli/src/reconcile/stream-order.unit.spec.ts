import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { describe, expect, it } from 'vitest';
import type { LogRecord, TopicLog } from './event-log.ts';
import { checkTopic, compareVersions } from './stream-order.ts';

const PARTITIONS = 3;

/** A topic whose records are `key version eventId`, each in the partition of its key unless said. */
function topicOf(...lines: readonly (string | { line: string; partition: number })[]): TopicLog {
  const records: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for (const one of lines) {
    const [key = '', version, eventId = ''] = (typeof one === 'string' ? one : one.line).split(' ');
    const partition = typeof one === 'string' ? partitionFor(key, PARTITIONS) : one.partition;
    const into = records[partition]!;
    const offset = BigInt(into.length);
    into.push({ partition, offset, storeId: 'S', key, eventId, eventType: 't', version: Number(version) });
  }
  return {
    topic: 'topic',
    ends: new Map(records.map((all, partition) => [partition, BigInt(all.length)])),
    records,
  };
}

const problems = (log: TopicLog) => checkTopic(log).violations.map(({ what }) => what);

describe('a topic', () => {
  it('is in order where versions are dense, however keys alternate', () => {
    const { violations, lastVersions } = checkTopic(
      topicOf('a 1 e1', 'b 1 e2', 'a 2 e3', 'b 2 e4', 'a 3 e5'),
    );
    expect(violations).toEqual([]);
    expect(lastVersions).toEqual(
      new Map([
        ['S a', 3],
        ['S b', 2],
      ]),
    );
  });

  it('may repeat what was published again after a crash', () =>
    expect(problems(topicOf('a 1 e1', 'a 2 e2', 'a 1 e1', 'a 2 e2', 'a 3 e3'))).toEqual([]));

  it('must not skip a version', () =>
    expect(problems(topicOf('a 1 e1', 'a 3 e3'))).toEqual(['S a: version 3 after 1']));

  it('must not turn versions around', () =>
    expect(problems(topicOf('a 2 e2', 'a 1 e1'))).toEqual([
      'S a: version 2 after 0',
      'S a: version 1 after 2',
    ]));

  it('must not hold two events of one version', () =>
    expect(problems(topicOf('a 1 e1', 'a 1 e9'))).toEqual(['S a: version 1 after 1']));

  it('must have a key in its own partition only', () => {
    const wrong = (partitionFor('a', PARTITIONS) + 1) % PARTITIONS;
    expect(problems(topicOf({ line: 'a 1 e1', partition: wrong }))).toHaveLength(1);
    expect(problems(topicOf('a 1 e1', { line: 'a 2 e2', partition: wrong })).length).toBeGreaterThan(0);
  });

  it('must be read with event ids', () => expect(problems(topicOf('a 1 '))).toHaveLength(1));
});

describe('source and topic', () => {
  const compare = (source: [string, number][], published: [string, number][]) =>
    compareVersions('topic', new Map(source), new Map(published)).map(({ subject }) => subject);

  it('agree', () => expect(compare([['S a', 2]], [['S a', 2]])).toEqual([]));
  it('lack an event', () => expect(compare([['S a', 3]], [['S a', 2]])).toEqual(['topic S a']));
  it('lack an aggregate on either side', () =>
    expect(compare([['S a', 1]], [['S b', 1]])).toEqual(['topic S a', 'topic S b']));
  it('need no event of a stream that has none', () => expect(compare([['S a', 0]], [])).toEqual([]));
});
