import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { goods, order, pay } from './shop.fixture.ts';
import { refusedUpgrade, socket, stream } from './push.fixture.ts';
import { admin, as, home, token, unique } from './stack.fixture.ts';

const LIFE = ['PENDING@1', 'PAYMENT_PENDING@2', 'PAID@3'];

describe('/ws/orders, through the gateway', () => {
  it('tells a shopper every change of their orders, in order, and nobody else', async () => {
    const sub = unique('USER');
    const shopper = await as({ sub });
    const mine = await socket(await token({ sub }));
    mine.say({ type: 'subscribe', channel: 'me' });
    await eventually(() => expect(mine.frames[0]?.type).toBe('subscribed'));
    const made = await order(shopper, await goods());
    const other = await socket(await token({ sub: unique('OTHER') }));
    other.say({ type: 'subscribe', orderId: made.orderId });
    expect((await pay(shopper, made)).status).toBe(200);
    await eventually(() => expect(mine.told(made.orderId)).toEqual(LIFE));
    const late = await socket(await token({ sub }));
    late.say({ type: 'subscribe', orderId: made.orderId });
    await eventually(() => expect(late.told(made.orderId)).toEqual(LIFE.slice(-1)));
    await eventually(() => expect(other.frames).toMatchObject([{ type: 'error', code: 'NOT_FOUND' }]));
  });

  it('refuses an upgrade as it refuses a request', async () => {
    const authorization = `Bearer ${await token()}`;
    const asked = await Promise.all([
      refusedUpgrade({}),
      refusedUpgrade({ authorization: 'Bearer a.b.c' }),
      refusedUpgrade({ authorization, origin: 'https://elsewhere.example' }),
      refusedUpgrade({ authorization }, '?token=a.b.c'),
      refusedUpgrade({}, `?access_token=${authorization.slice(7)}`),
    ]);
    const type = 'application/problem+json';
    expect(asked).toEqual([
      [401, type, 'UNAUTHENTICATED'],
      [401, type, 'UNAUTHENTICATED'],
      [403, type, 'ORIGIN_NOT_ALLOWED'],
      [400, type, 'VALIDATION_FAILED'],
      [401, type, 'UNAUTHENTICATED'],
    ]);
  });

  it('closes with 1009 after a message over 64 KiB, and passes the code on', async () => {
    const client = await socket(await token());
    client.ws.send('x'.repeat(64 * 1024 + 1));
    expect(await client.closed).toBe(1009);
  });
});

describe('a killed notification', () => {
  it('loses nothing: streams go on from their last id, sockets from the version that they know', async () => {
    const sub = unique('USER');
    const [shopper, staff] = [await as({ sub }), await admin()];
    const product = await goods();
    const made = await order(shopper, product);
    const before = await socket(await token({ sub }));
    before.say({ type: 'subscribe', orderId: made.orderId });
    await eventually(() => expect(before.told(made.orderId)).toEqual(LIFE.slice(0, 1)));
    const sales = stream('/sse/flash-sales', ['flash-sale.started', 'flash-sale.ended']);
    const orders = stream('/sse/orders', ['order.status'], await token({ sub: 'ADMIN-1', roles: ['ADMIN'] }));
    await eventually(() => expect([sales.source.readyState, orders.source.readyState]).toEqual([1, 1]));

    process.kill(pidOf('notification'), 'SIGKILL');
    expect(await before.closed).toBe(1006);
    const startsAt = new Date(Date.now() + 500).toISOString();
    const endsAt = new Date(Date.now() + 2_500).toISOString();
    const body = { productIds: [product.productId], discountPercent: 10, startsAt, endsAt };
    const sale = await staff.post<{ saleId: string }>('/api/v1/flash-sales', body);
    expect(sale.status).toBe(201);
    expect((await pay(shopper, made)).status).toBe(200);

    const after = await eventually(async () => socket(await token({ sub })), { within: 30_000 });
    after.say({ type: 'subscribe', orderId: made.orderId, version: 1 });
    const within = { within: 20_000 };
    await eventually(() => expect(after.told(made.orderId)).toEqual(LIFE.slice(1)), within);
    await eventually(() => {
      const own = sales.told.filter(({ data }) => data['saleId'] === sale.body.saleId);
      expect(own.map(({ event }) => event)).toEqual(['flash-sale.started', 'flash-sale.ended']);
    }, within);
    await eventually(() => {
      const own = orders.told.filter(({ data }) => data['orderId'] === made.orderId);
      const told = own.map(({ data }) => `${String(data['status'])}@${String(data['version'])}`);
      // What was told just before the kill may be told again.
      expect(told).toEqual(expect.arrayContaining(LIFE.slice(1)));
    }, within);
  });
});

interface State {
  readonly processes: readonly { name: string; process?: { pid: number } }[];
}

function pidOf(service: string): number {
  const { processes } = JSON.parse(readFileSync(join(home, 'state.json'), 'utf8')) as State;
  const pid = processes.find(({ name }) => name === service)?.process?.pid;
  if (pid === undefined) throw new Error(`${service} does not run`);
  return pid;
}
