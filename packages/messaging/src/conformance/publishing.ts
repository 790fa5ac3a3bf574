import { expect, it } from 'vitest';
import { expectOrdered, message, numbered, texts, until, type Fixture } from './fixture.ts';

/** Everything arrives, unchanged, in order per key. */
export function publishing(fixture: Fixture): void {
  it('delivers everything that was published, before and after subscribing', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    await publisher.publish(fixture.topic, numbered(50, 5));
    const { received } = await fixture.collect(group);
    await until('the first half', () => received.length >= 50);
    await publisher.publish(fixture.topic, [message('late', 'late:0')]);
    await until('the late one', () => texts(received).includes('late:0'));
    expect(new Set(texts(received)).size).toBe(51);
  });

  it('keeps the order of each key, over many publishes', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    const messages = numbered(1_000, 20);
    for (let at = 0; at < 1_000; at += 100)
      await publisher.publish(fixture.topic, messages.slice(at, at + 100));
    const { received } = await fixture.collect(group);
    await until('all', () => new Set(texts(received)).size === 1_000);
    expectOrdered(received, 1_000, 20);
  });

  it('accepts publishes that overlap', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    const batches = Array.from({ length: 20 }, (_, n) => [
      message(`p${n}`, `p${n}:0`),
      message(`p${n}`, `p${n}:1`),
    ]);
    await Promise.all(batches.map((batch) => publisher.publish(fixture.topic, batch)));
    const { received } = await fixture.collect(group);
    await until('all', () => new Set(texts(received)).size === 40);
    expectOrdered(received, 40, 20);
  });

  it('keeps the order of a key whose publishes overlap', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    await Promise.all(numbered(200, 1).map((one) => publisher.publish(fixture.topic, [one])));
    const { received } = await fixture.collect(group);
    await until('all', () => new Set(texts(received)).size === 200);
    expectOrdered(received, 200, 1);
  });

  it('preserves every byte of values, and headers and keys in any script', async () => {
    const group = await fixture.newGroup();
    const publisher = fixture.connect().publisher();
    const value = Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256));
    const headers = {
      eventType: 'a.b.v1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      city: 'Łódź 🚢',
    };
    await publisher.publish(fixture.topic, [
      { key: 'clé-鍵', value, headers },
      { key: 'empty', value: Buffer.alloc(0), headers: {} },
    ]);
    const { received } = await fixture.collect(group);
    await until('both', () => received.length >= 2);
    const full = received.find(({ key }) => key === 'clé-鍵')!;
    expect(full.value.equals(value)).toBe(true);
    expect(full.headers).toEqual(headers);
    expect(full.topic).toBe(fixture.topic);
    expect(received.find(({ key }) => key === 'empty')!.value.length).toBe(0);
  });

  it('takes a large publish', async () => {
    const group = await fixture.newGroup();
    await fixture.connect().publisher().publish(fixture.topic, numbered(10_000, 50));
    const { received } = await fixture.collect(group);
    await until('all', () => new Set(texts(received)).size === 10_000);
    expectOrdered(received, 10_000, 50);
  });
}
