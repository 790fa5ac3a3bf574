import type { OutgoingMessage, Publisher } from '@tradewind/messaging/broker.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '#arrival.fixture.ts';
import { bridgeMetrics } from '#metrics.ts';
import { forwarder } from './forward.ts';

const log = createLogger('iot-bridge', 'silent');
const reading = (seq: number) => ({ delta: 1, reason: 'SENSOR', deviceId: 'scale-7', seq });

/** Kafka, as far as the bridge can tell. */
function kafka({ away = false } = {}) {
  const published: OutgoingMessage[] = [];
  let gone = away;
  const publisher: Publisher = {
    async publish(_topic, messages) {
      if (gone) throw new PublishError('away', { retryable: true });
      published.push(...messages);
    },
    close: async () => undefined,
  };
  const back = (): void => {
    gone = false;
  };
  return { published, publisher, back };
}

describe('the way to Kafka', () => {
  it('acknowledges in order, after Kafka has it', async () => {
    const { published, publisher } = kafka();
    const forward = forwarder({ publisher, metrics: bridgeMetrics(), log });
    const order: number[] = [];
    const arrivals = [0, 1, 2].map((seq) => ({
      ...arrivalOf(seq === 1 ? '{' : reading(seq)),
      acknowledge: () => {
        expect(published).toHaveLength(3);
        order.push(seq);
      },
    }));
    for (const one of arrivals) forward.take(one);
    await eventually(() => expect(order).toEqual([0, 1, 2]));
    expect(forward.waiting).toBe(0);
  });

  it('tries until Kafka is back, and says so meanwhile', async () => {
    const { published, publisher, back } = kafka({ away: true });
    const forward = forwarder({ publisher, metrics: bridgeMetrics(), log });
    const one = arrivalOf(reading(1));
    forward.take(one);
    await eventually(() => expect(forward.publishing).toBe(false));
    expect([one.acknowledged, forward.waiting]).toEqual([[], 1]);
    back();
    await eventually(() => expect(one.acknowledged).toEqual([0]));
    expect([forward.publishing, published.length]).toEqual([true, 1]);
  });

  it('leaves what the MQTT broker will send again', async () => {
    const { published, publisher, back } = kafka({ away: true });
    const forward = forwarder({ publisher, metrics: bridgeMetrics(), log });
    const [lost, kept] = [arrivalOf(reading(1)), arrivalOf(reading(2))];
    forward.take(lost);
    await eventually(() => expect(forward.publishing).toBe(false));
    lost.lose();
    forward.take(kept);
    back();
    await eventually(() => expect(kept.acknowledged).toEqual([0]));
    expect(lost.acknowledged).toEqual([]);
    expect(published.map(({ value }) => JSON.parse(value.toString()) as object)).toMatchObject([{ seq: 2 }]);
  });

  it('ends without acknowledging what Kafka has not taken', async () => {
    const { publisher } = kafka({ away: true });
    const forward = forwarder({ publisher, metrics: bridgeMetrics(), log });
    const one = arrivalOf(reading(1));
    forward.take(one);
    await eventually(() => expect(forward.publishing).toBe(false));
    await forward.stop();
    expect(one.acknowledged).toEqual([]);
  });
});
