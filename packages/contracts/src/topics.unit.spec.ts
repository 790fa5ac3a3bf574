import { describe, expect, it } from 'vitest';
import { eventDefinitions, eventTypes } from '#event.ts';
import { deadLetterTopic, loadTopics } from '#topics.ts';

describe('topics', () => {
  const byName = new Map(loadTopics().map((topic) => [topic.name, topic]));

  it('has the topic of every event, kept for good', () => {
    for (const type of eventTypes) {
      expect(byName.get(eventDefinitions[type].topic)).toMatchObject({
        partitions: 12,
        config: { 'retention.ms': '-1', 'cleanup.policy': 'delete' },
      });
    }
  });

  it('lets a topic differ from the defaults', () => {
    expect(byName.get('iot.inventory.delta')?.config).toMatchObject({
      'retention.ms': '604800000',
      'cleanup.policy': 'delete',
    });
  });

  it('names dead letters after their consumer', () => {
    expect(deadLetterTopic('order.on-payment-captured')).toMatchObject({
      name: 'dlq.order.on-payment-captured',
      partitions: 1,
    });
  });
});
