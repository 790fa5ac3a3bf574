import { expect, it } from 'vitest';
import type { Message } from '#broker.ts';
import { expectOrdered, message, numbered, texts, until, type Fixture } from './fixture.ts';

/** A batch counts when its handler says so, and only then. */
export function handling(fixture: Fixture): void {
  it('delivers a batch again when its handler throws, in order and without loss', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    await publisher.publish(fixture.topic, numbered(60, 3));
    const handled: Message[] = [];
    let failures = 0;
    await fixture.connect().subscribe({
      group,
      topics: [fixture.topic],
      maxBatch: 7,
      onBatch: async (batch) => {
        if (failures < 5) {
          failures++;
          throw new Error('not now');
        }
        handled.push(...batch);
      },
    });
    await until('all', () => new Set(texts(handled)).size === 60);
    expect(failures).toBe(5);
    expectOrdered(handled, 60, 3);
  });

  it('hands over at most maxBatch messages at once', async () => {
    const group = await fixture.newGroup();
    await fixture.connect().publisher().publish(fixture.topic, numbered(100, 2));
    const sizes: number[] = [];
    await fixture.connect().subscribe({
      group,
      topics: [fixture.topic],
      maxBatch: 9,
      onBatch: async (batch) => void sizes.push(batch.length),
    });
    await until('all', () => sizes.reduce((sum, size) => sum + size, 0) >= 100);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(9);
  });

  it('drains the batch in flight when it stops, and commits it', async () => {
    const group = await fixture.newGroup();
    await fixture
      .connect()
      .publisher()
      .publish(fixture.topic, [message('slow', 'slow:0')]);
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    let finished = false;
    const subscription = await fixture.connect().subscribe({
      group,
      topics: [fixture.topic],
      onBatch: async () => {
        started.resolve();
        await finish.promise;
        finished = true;
      },
    });
    await started.promise;
    const stopping = subscription.stop();
    finish.resolve();
    await stopping;
    expect(finished).toBe(true);
    await fixture
      .connect()
      .publisher()
      .publish(fixture.topic, [message('slow', 'slow:1')]);
    const after = await fixture.collect(group);
    await until('the next', () => after.received.length > 0);
    expect(texts(after.received)).toEqual(['slow:1']);
  });

  it('delivers again what a consumer that went away had not finished', async () => {
    const group = await fixture.newGroup();
    await fixture.connect().publisher().publish(fixture.topic, numbered(10, 1));
    const started = Promise.withResolvers<AbortSignal>();
    const dying = fixture.connect({ drainMs: 50 });
    await dying.subscribe({
      group,
      topics: [fixture.topic],
      onBatch: async (_batch, signal) => {
        started.resolve(signal);
        await new Promise(() => undefined);
      },
    });
    const signal = await started.promise;
    await dying.close();
    expect(signal.aborted).toBe(true);
    const { received } = await fixture.collect(group);
    await until('all', () => new Set(texts(received)).size === 10);
    expectOrdered(received, 10, 1);
  });

  it('goes on with other keys while one batch takes long', async () => {
    const group = await fixture.newGroup();
    const finish = Promise.withResolvers<void>();
    const handled = new Set<string>();
    const publisher = fixture.connect().publisher();
    await fixture.connect().subscribe({
      group,
      topics: [fixture.topic],
      maxBatch: 1,
      onBatch: async ([one]) => {
        if (one!.key === 'stuck') await finish.promise;
        handled.add(one!.key);
      },
    });
    await publisher.publish(fixture.topic, [message('stuck', 'stuck:0')]);
    // Some of these share a partition with the stuck one, most do not.
    const others = Array.from({ length: 36 }, (_, n) => message(`other-${n}`, `other-${n}:0`));
    await publisher.publish(fixture.topic, others);
    await until('others', () => handled.size >= 20);
    expect(handled.has('stuck')).toBe(false);
    finish.resolve();
    await until('all', () => handled.size === 37);
  });

  it('shows signs of life', async () => {
    const group = await fixture.newGroup();
    const from = Date.now();
    const { subscription } = await fixture.collect(group);
    await until('a fetch', () => subscription.lastFetchAt >= from && subscription.state === 'running');
    const seen = subscription.lastFetchAt;
    await until('another', () => subscription.lastFetchAt > seen);
    expect(subscription.state).toBe('running');
  });
}
