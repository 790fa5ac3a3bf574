import { describe, expect, it } from 'vitest';
import { parseTopics } from '#up/topics.ts';

describe('parseTopics', () => {
  it('fills in the defaults and lets a topic differ', () => {
    const text = `
defaults: {partitions: 6, config: {retention.ms: -1, cleanup.policy: delete}}
topics:
  - name: a
  - {name: b, partitions: 1, config: {retention.ms: 1000}}
`;
    expect(parseTopics(text)).toEqual([
      { name: 'a', partitions: 6, config: { 'retention.ms': '-1', 'cleanup.policy': 'delete' } },
      { name: 'b', partitions: 1, config: { 'retention.ms': '1000', 'cleanup.policy': 'delete' } },
    ]);
  });

  it('has twelve partitions where the file says nothing', () => {
    expect(parseTopics('topics: [{name: a}]')).toEqual([{ name: 'a', partitions: 12, config: {} }]);
  });
});
