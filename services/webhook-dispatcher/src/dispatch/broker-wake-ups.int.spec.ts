import { newId } from '@tradewind/kernel/ids.ts';
import { openConnection } from '@tradewind/messaging-amqp/connection.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failsFirst, openSink, type Sink } from '#sink.fixture.ts';
import { openWebhooks, type Webhooks } from '#webhooks.fixture.ts';
import { type BrokerWakeUps, openBrokerWakeUps } from './broker-wake-ups.ts';
import type { Dispatcher } from './dispatcher.ts';
import { STEPS_MS } from './schedule.ts';

/** The first wait is longer than what an instance remembers by itself. */
const SCALE = 0.08;

let webhooks: Webhooks;
let sink: Sink;
let url: string;
let name: string;
let lost = 0;
let dispatcher: Dispatcher;
let wakeUps: BrokerWakeUps;

beforeAll(async () => {
  webhooks = await openWebhooks();
  ({ url } = await (await servers()).rabbitmq());
});
afterAll(() => webhooks.close());
beforeEach(async () => {
  sink = await openSink();
  name = `test-${newId()}`;
  wakeUps = await openBrokerWakeUps({
    ...{ url, name, timeScale: SCALE, log: createLogger('test', 'silent') },
    metrics: { woken: () => undefined, wakeLost: (count) => (lost += count) },
    onWake: (one) => dispatcher.wake(one),
  });
  await wakeUps.start();
  await eventually(() => expect(wakeUps.connected).toBe(true));
});
afterEach(async () => {
  await webhooks.fresh();
  await wakeUps.stop();
  await deleteQueues();
  await sink.close();
});

/** As an operator who empties RabbitMQ, or a server that comes back without its disk. */
async function deleteQueues(): Promise<void> {
  const connection = await openConnection({ url });
  await connection.ask(async (channel) => {
    for (const queue of ['due', ...STEPS_MS.map((ms) => `after-${Math.round(ms * SCALE)}`)]) {
      await channel.deleteQueue(`${name}.${queue}`);
    }
  });
  await connection.close();
}

describe('RabbitMQ', () => {
  it('alone wakes what is new, and what is due again after its step', async () => {
    sink.behave('/a', failsFirst(1));
    await webhooks.subscribe(sink.url('/a'));
    const one = webhooks.instance({ wakeUps, timeScale: SCALE, sweeping: false });
    dispatcher = one.dispatcher;
    await one.apply([webhooks.message('P1', 1)]);
    // Jitter can make the wake-up come before its delivery is due: then it is the sweeper's.
    await eventually(async () => {
      const due = `update webhook_deliveries set next_attempt_at = now()
        where store_id = $1 and attempts = 1 and leased_until is null returning 1`;
      expect(await webhooks.rows(due, [webhooks.tenant])).toHaveLength(1);
    });
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 1 }));
    expect(sink.received).toHaveLength(2);
  });

  it('wiped with retries in it loses none of them', async () => {
    for (const path of ['/a', '/b']) {
      sink.behave(path, failsFirst(1));
      await webhooks.subscribe(sink.url(path));
    }
    const one = webhooks.instance({ wakeUps, timeScale: SCALE });
    dispatcher = one.dispatcher;
    await one.apply([webhooks.message('P1', 1), webhooks.message('P2', 1)]);
    await eventually(() => expect(sink.received.length).toBeGreaterThanOrEqual(2));
    await deleteQueues();
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 4 }));
  });

  it('away: the instance that took an event in wakes itself', async () => {
    await webhooks.subscribe(sink.url('/a'));
    const one = webhooks.instance({ wakeUps, timeScale: SCALE, sweeping: false });
    dispatcher = one.dispatcher;
    await wakeUps.stop();
    lost = 0;
    await one.apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 1 }));
    expect(lost).toBe(1);
  });
});
