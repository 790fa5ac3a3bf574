import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { socketClient, streamClient } from './clients.fixture.ts';
import { openInstances } from './push.fixture.ts';

let all: Awaited<ReturnType<typeof openInstances>>;
let one: Awaited<ReturnType<typeof all.instance>>;
let two: typeof one;
let redis: Redis;

beforeAll(async () => {
  all = await openInstances();
  one = await all.instance();
  two = await all.instance();
  redis = new Redis(all.redisUrl);
});
afterAll(async () => {
  await redis?.del(all.stream);
  redis?.disconnect();
  await all?.close();
});

describe('two instances', () => {
  it('tell any client every change in order, and one that comes back all that it missed', async () => {
    const orderId = newId();
    const token = await all.token({ sub: 'ANN' });
    const own = await socketClient(one.url, token);
    own.say({ type: 'subscribe', channel: 'me' });
    await eventually(() => expect(own.frames[0]).toEqual({ type: 'subscribed', channel: 'me' }));
    await all.happens(orderId, 'ANN', ['PENDING']);
    const asking = await socketClient(two.url, token);
    asking.say({ type: 'subscribe', orderId });
    await eventually(() => expect(asking.told(orderId)).toEqual(['PENDING@1']));
    // Version 3 leaves the status as it is.
    await all.happens(orderId, 'ANN', ['PAYMENT_PENDING', 'PAYMENT_PENDING', 'PAID'], 2);
    const life = ['PENDING@1', 'PAYMENT_PENDING@2', 'PAID@4'];
    await eventually(() => expect([own.told(orderId), asking.told(orderId)]).toEqual([life, life]));

    const back = await socketClient(one.url, token);
    back.say({ type: 'subscribe', orderId, version: 1 });
    await eventually(() => expect(back.told(orderId)).toEqual(life.slice(1)));
    back.say({ type: 'unsubscribe', orderId });
    await eventually(() => expect(back.frames.at(-1)?.type).toBe('unsubscribed'));
    await all.happens(orderId, 'ANN', ['FULFILLED'], 5);
    await eventually(() => expect(own.told(orderId).at(-1)).toBe('FULFILLED@5'));
    expect(back.told(orderId)).toEqual(life.slice(1));
  });

  it('show what analytics tells the moment it does, and whoever comes later the last of it', async () => {
    const storeId = `STORE-${newId()}`;
    const token = await all.token({ sub: 'MAX', roles: ['ADMIN'], storeId });
    const figures = (asOf: string, orders: number) =>
      JSON.stringify({ storeId, asOf, today: [{ currency: 'USD', orders }] });
    const ordersOf = ({ told }: ReturnType<typeof streamClient>) =>
      told.map(
        ({ data }) => (data as { live: { today: { orders: number }[] } | null }).live?.today[0]?.orders,
      );
    const early = streamClient(`${one.url}/sse/metrics`, ['metrics'], token);
    await eventually(() => expect(ordersOf(early)).toContain(undefined));
    await redis.publish('analytics:live', figures('2026-11-21T10:00:01.000Z', 2));
    await eventually(() => expect(ordersOf(early).at(-1)).toBe(2));
    // Told by another instance of analytics, which has read before that.
    await redis.publish('analytics:live', figures('2026-11-21T10:00:00.000Z', 1));
    await redis.publish('analytics:live', figures('2026-11-21T10:00:02.000Z', 3));
    await eventually(() => expect(ordersOf(early).at(-1)).toBe(3));
    expect(ordersOf(early)).not.toContain(1);

    const key = `analytics:live:${storeId}`;
    await redis.set(key, figures('2026-11-21T10:00:03.000Z', 4), 'EX', 60);
    const late = streamClient(`${(await all.instance()).url}/sse/metrics`, ['metrics'], token);
    await eventually(() => expect(ordersOf(late).at(-1)).toBe(4));
  });

  it('show nobody an order of somebody else', async () => {
    const orderId = newId();
    await all.happens(orderId, 'ANN', ['PENDING']);
    const staff = await socketClient(one.url, await all.token({ sub: 'MAX', roles: ['MERCHANT'] }));
    staff.say({ type: 'subscribe', orderId });
    await eventually(() => expect(staff.told(orderId)).toEqual(['PENDING@1']));
    for (const claims of [{ sub: 'BOB' }, { sub: 'MAX', roles: ['ADMIN'], storeId: 'STORE-2' }]) {
      const other = await socketClient(one.url, await all.token(claims));
      other.say({ type: 'subscribe', orderId });
      await eventually(() => expect(other.frames).toEqual([{ type: 'error', code: 'NOT_FOUND', orderId }]));
    }
  });

  it('end on the right state when Redis was away and came back empty', async () => {
    const orderId = newId();
    const client = await socketClient(one.url, await all.token({ sub: 'CAT' }));
    client.say({ type: 'subscribe', channel: 'me' });
    const admin = await all.token({ sub: 'ADA', roles: ['ADMIN'] });
    const dashboard = streamClient(`${one.url}/sse/orders`, ['order.status', 'reset'], admin);
    await all.happens(orderId, 'CAT', ['PENDING']);
    await eventually(() => expect(client.told(orderId)).toEqual(['PENDING@1']));
    await eventually(() => expect(dashboard.told.map(({ event }) => event)).toContain('order.status'));
    one.proxy.cut();
    await all.happens(orderId, 'CAT', ['PAYMENT_PENDING', 'PENDING', 'PAYMENT_PENDING', 'PAID'], 2);
    await eventually(async () => expect(await redis.xlen(all.stream)).toBeGreaterThan(0));
    await redis.del(all.stream);
    one.proxy.join();
    await eventually(() =>
      expect(client.told(orderId)).toEqual([
        ...['PENDING@1', 'PAYMENT_PENDING@2', 'PENDING@3', 'PAYMENT_PENDING@4', 'PAID@5'],
      ]),
    );
    await eventually(() => expect(dashboard.told.map(({ event }) => event)).toContain('reset'));
    // And it goes on.
    await all.happens(orderId, 'CAT', ['FULFILLED'], 6);
    await eventually(() => expect(client.told(orderId).at(-1)).toBe('FULFILLED@6'));
  });

  it('let a stream go on at the other instance from its last id, and say when they can not', async () => {
    const admin = await all.token({ sub: 'ADA', roles: ['ADMIN'] });
    const [first, second] = [newId(), newId()];
    const before = streamClient(`${one.url}/sse/orders`, ['order.status'], admin);
    await eventually(() => expect(before.source.readyState).toBe(1));
    const seen = (client: typeof before) =>
      client.told.map(({ data }) => (data as { orderId: string }).orderId);
    await all.happens(first, 'DAN', ['PENDING']);
    await eventually(() => expect(seen(before)).toContain(first));
    const { id } = before.told.findLast(({ data }) => (data as { orderId: string }).orderId === first)!;
    before.source.close();
    await all.happens(second, 'DAN', ['PENDING']);
    const after = streamClient(`${two.url}/sse/orders`, ['order.status', 'reset'], admin, id);
    await eventually(() => expect(seen(after)).toEqual([second]));
    const lost = streamClient(`${two.url}/sse/orders`, ['order.status', 'reset'], admin, '17-0');
    await eventually(() => expect(seen(lost)).toEqual(expect.arrayContaining([first, second])));
    expect(lost.told[0]).toMatchObject({ event: 'reset', data: { reason: 'UNKNOWN_ID' } });
  });
});
