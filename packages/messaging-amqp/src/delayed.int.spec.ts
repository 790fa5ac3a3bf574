import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { type AmqpConnection, openConnection } from './connection.ts';
import { type DelayedQueue, openDelayedQueue } from './delayed.ts';

const { url } = await (await servers()).rabbitmq();
const STEPS = [200, 600];

let connection: AmqpConnection;
let queue: DelayedQueue;
let name: string;
beforeEach(async () => {
  name = `test-delayed-${randomUUID()}`;
  connection = await openConnection({ url });
  queue = openDelayedQueue(connection, { name, stepsMs: STEPS });
});
const queues = (): string[] => [`${name}.due`, ...STEPS.map((ms) => `${name}.after-${ms}`)];
const deleteQueues = () =>
  connection.ask(async (channel) => {
    for (const one of queues()) await channel.deleteQueue(one);
  });
afterEach(async () => {
  await queue.close();
  await deleteQueues();
  await connection.close();
});

/** A consumer that keeps what it gets; `fails` makes it throw that often. */
function collect({ fails = 0, prefetch = 100 } = {}) {
  const ids: string[] = [];
  const sizes: number[] = [];
  const consumption = queue.consume(
    async (batch) => {
      sizes.push(batch.length);
      if (fails-- > 0) throw new Error('not now');
      ids.push(...batch);
    },
    { prefetch },
  );
  return { ids, sizes, stop: () => consumption.stop() };
}
const published = (work: () => Promise<void>) => eventually(work);

describe('a delayed queue', () => {
  it('hands over what is due at once, and the rest after its step', async () => {
    const { ids, stop } = collect();
    const from = performance.now();
    await published(() => queue.publishAfter(1, ['late']));
    await queue.publishAfter(0, ['soon']);
    await queue.publishDue(['a', 'b']);
    await eventually(() => expect(ids).toEqual(['a', 'b', 'soon', 'late']));
    expect(performance.now() - from).toBeGreaterThan(STEPS[1]!);
    await stop();
  });

  it('brings back what a consumer threw at, and what it left unacknowledged', async () => {
    await published(() => queue.publishDue(['a', 'b', 'c']));
    const failing = collect({ fails: 2 });
    await eventually(() => expect(new Set(failing.ids)).toEqual(new Set(['a', 'b', 'c'])));
    await failing.stop();
    const after = collect();
    await queue.publishDue(['d']);
    await eventually(() => expect(after.ids).toContain('d'));
    expect(after.ids).toEqual(['d']);
    await after.stop();
  });

  it('hands over at most `prefetch` at once', async () => {
    const sent = Array.from({ length: 50 }, (_, n) => `${n}`);
    await published(() => queue.publishDue(sent));
    const { ids, sizes, stop } = collect({ prefetch: 7 });
    await eventually(() => expect(ids).toHaveLength(50));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    expect(ids).toEqual(sent);
    await stop();
  });

  it('says so when a queue was deleted, and makes it anew', async () => {
    const { ids, stop } = collect();
    await published(() => queue.publishDue(['before']));
    await eventually(() => expect(ids).toEqual(['before']));
    await deleteQueues();
    await published(() => queue.publishDue(['after']));
    await eventually(() => expect(ids).toContain('after'));
    await published(() => queue.publishAfter(0, ['later']));
    await eventually(() => expect(ids).toContain('later'));
    await stop();
  });

  it('refuses at once while RabbitMQ is away', async () => {
    const nowhere = await openConnection({ url: 'amqp://127.0.0.1:1' });
    const unreachable = openDelayedQueue(nowhere, { name, stepsMs: STEPS });
    const refusal = unreachable.publishDue(['a']);
    await expect(refusal).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
    await unreachable.close();
    await nowhere.close();
  });
});
