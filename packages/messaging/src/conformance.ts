import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker, Message } from './broker.ts';
import { type BrokerUnderTest, type Fixture, message, newGroup } from './conformance/fixture.ts';
import { consumerGroups } from './conformance/groups.ts';
import { handling } from './conformance/handling.ts';
import { publishing } from './conformance/publishing.ts';

export interface Conventions {
  /** False for brokers (MQTT) that know no topics before they are used. */
  readonly refusesUnknownTopics?: boolean;
}

/**
 * What every adapter promises, whatever the broker. `makeBroker` is called for each test.
 * Assumes neither offsets nor partitions; `logConformance` does.
 */
export function brokerConformance(
  name: string,
  makeBroker: () => BrokerUnderTest | Promise<BrokerUnderTest>,
  { refusesUnknownTopics = true }: Conventions = {},
): void {
  describe(`${name} as a broker`, () => {
    let server: BrokerUnderTest;
    let topic: string;
    const open: Broker[] = [];

    beforeEach(async () => {
      server = await makeBroker();
      topic = await server.newTopic();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((broker) => broker.close()));
    });

    const fixture: Fixture = {
      get topic() {
        return topic;
      },
      connect(options) {
        const broker = server.connect(options);
        open.push(broker);
        return broker;
      },
      async newGroup() {
        const group = newGroup();
        await server.ensureGroup?.(topic, group);
        return group;
      },
      async collect(group) {
        const received: Message[] = [];
        const subscription = await fixture.connect().subscribe({
          group,
          topics: [topic],
          onBatch: async (batch) => void received.push(...batch),
        });
        return { received, subscription };
      },
    };

    publishing(fixture);
    handling(fixture);
    consumerGroups(fixture);

    if (!refusesUnknownTopics) return;
    it('says clearly that a topic does not exist', async () => {
      const broker = fixture.connect();
      const unknown = `${fixture.topic}.nobody-made-this`;
      const publishing = broker.publisher().publish(unknown, [message('a', 'a:0')]);
      await expect(publishing).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN', retryable: false });
      const subscribing = broker.subscribe({
        group: newGroup(),
        topics: [unknown],
        onBatch: async () => undefined,
      });
      await expect(subscribing).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' });
    });
  });
}
