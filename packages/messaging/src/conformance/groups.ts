import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Message } from '#broker.ts';
import { expectOrdered, message, newGroup, numbered, texts, until, type Fixture } from './fixture.ts';

/** Groups share, remember, and do not disturb each other. */
export function consumerGroups(fixture: Fixture): void {
  it('shares the messages among the consumers of a group', async () => {
    const group = await fixture.newGroup();
    const [first, second] = await Promise.all([fixture.collect(group), fixture.collect(group)]);
    const publisher = fixture.connect().publisher();
    // The sharing begins when both are in the group: publish until each has had some.
    let round = 0;
    while (first.received.length === 0 || second.received.length === 0) {
      expect(round).toBeLessThan(200);
      await publisher.publish(
        fixture.topic,
        Array.from({ length: 24 }, (_, n) => message(`k${n}`, `k${n}:${round}`)),
      );
      round++;
      await delay(50);
    }
    const settled = round;
    const before = { first: first.received.length, second: second.received.length };
    await publisher.publish(
      fixture.topic,
      Array.from({ length: 24 }, (_, n) => message(`k${n}`, `k${n}:${settled}`)),
    );
    const seen = () => new Set(texts([...first.received, ...second.received]));
    await until('all', () => seen().size === 24 * (settled + 1));
    const last = (received: Message[], from: number) =>
      texts(received.slice(from)).filter((text) => text.endsWith(`:${settled}`));
    const mine = last(first.received, before.first);
    const theirs = last(second.received, before.second);
    expect(mine.filter((text) => theirs.includes(text))).toEqual([]);
    expect(mine.length + theirs.length).toBe(24);
  });

  it('gives everything to each group', async () => {
    const groups = [await fixture.newGroup(), await fixture.newGroup()] as const;
    const [one, two] = await Promise.all([fixture.collect(groups[0]), fixture.collect(groups[1])]);
    await fixture.connect().publisher().publish(fixture.topic, numbered(40, 4));
    await until('both', () => [one, two].every(({ received }) => new Set(texts(received)).size === 40));
    expectOrdered(one.received, 40, 4);
    expectOrdered(two.received, 40, 4);
  });

  it('resumes behind what was handled before a stop', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    await publisher.publish(fixture.topic, numbered(30, 3));
    const before = await fixture.collect(group);
    await until('the first', () => new Set(texts(before.received)).size === 30);
    await before.subscription.stop();
    expect(before.subscription.state).toBe('stopped');
    await publisher.publish(fixture.topic, [message('next', 'next:0')]);
    const after = await fixture.collect(group);
    await until('the next', () => after.received.length > 0);
    expect(texts(after.received)).toEqual(['next:0']);
    expect(texts(before.received)).not.toContain('next:0');
  });

  it('starts a new group at the end when asked to', async () => {
    const publisher = fixture.connect().publisher();
    await publisher.publish(fixture.topic, [message('old', 'old:0')]);
    const received: Message[] = [];
    await fixture.connect().subscribe({
      group: newGroup(),
      topics: [fixture.topic],
      fromBeginning: false,
      onBatch: async (batch) => void received.push(...batch),
    });
    let round = 0;
    while (received.length === 0) {
      expect(round).toBeLessThan(200);
      await publisher.publish(fixture.topic, [message('new', `new:${round++}`)]);
      await delay(50);
    }
    expect(texts(received)).not.toContain('old:0');
  });

  it('loses nothing, and keeps the order, while consumers come and go', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    const received: Message[] = [];
    const join = () =>
      fixture.connect().subscribe({
        group,
        topics: [fixture.topic],
        maxBatch: 20,
        onBatch: async (batch) => {
          await delay(1);
          received.push(...batch);
        },
      });
    const messages = numbered(3_000, 30);
    const publishing = (async () => {
      for (let at = 0; at < messages.length; at += 60) {
        await publisher.publish(fixture.topic, messages.slice(at, at + 60));
        await delay(5);
      }
    })();
    // Its failure is met below.
    publishing.catch(() => undefined);
    const first = await join();
    const second = await join();
    await first.stop();
    await join();
    await second.stop();
    await publishing;
    await until('all', () => new Set(texts(received)).size === 3_000);
    expectOrdered(received, 3_000, 30);
  });
}
