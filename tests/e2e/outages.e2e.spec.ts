import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { without } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { becomes, goods, order, type Order, pay, shopper, stockOf, tryOrder } from './shop.fixture.ts';
import { anybody, merchant, refusal, unique, urlOf } from './stack.fixture.ts';

const UP_AGAIN = { within: 60_000 };
const slow = 180_000;

describe('with inventory down', { timeout: slow }, () => {
  it('orders are refused with 503 and Retry-After, and nothing is stored', async () => {
    const [client, product] = [await shopper(), await goods()];
    await order(client, product);
    const count = async () =>
      (await sql<{ count: string }>('order', 'select count(*) from orders'))[0]?.count;
    const key = unique('KEY');
    await without('inventory', async () => {
      const before = await count();
      const answer = await tryOrder(client, product, { key });
      expect(refusal(answer)).toEqual([503, 'INVENTORY_UNAVAILABLE']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await count()).toBe(before);
    });
    await eventually(
      async () => expect((await tryOrder(client, product, { key })).status).toBe(201),
      UP_AGAIN,
    );
    expect(await stockOf(product)).toMatchObject({ reserved: 2 });
  });
});

describe('with Kafka down', { timeout: slow }, () => {
  it('orders and payments are taken, and their events follow', async () => {
    const [client, product] = [await shopper(), await goods({ onHand: 20 })];
    await order(client, product);
    const made: Order[] = [];
    await without('kafka', async () => {
      for (let i = 0; i < 5; i++) {
        const answer = await tryOrder(client, product);
        expect(answer.status).toBe(201);
        made.push(answer.body);
      }
      expect((await pay(client, made[0]!)).status).toBe(200);
    });
    await eventually(async () => {
      const list = await client.get<{ items: Order[] }>('/api/v1/orders');
      expect(list.body.items).toHaveLength(6);
      expect(await stockOf(product)).toMatchObject({ onHand: 19, reserved: 5 });
    }, UP_AGAIN);
  });
});

describe('with Postgres down', { timeout: slow }, () => {
  it('everything that needs it is 503, and recovers without a restart', async () => {
    const [client, product] = [await shopper(), await goods()];
    await order(client, product);
    const key = unique('KEY');
    await without('postgres', async () => {
      const answer = await tryOrder(client, product, { key });
      expect(refusal(answer)[0]).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await anybody('order').get('/health/live')).status).toBe(200);
      expect((await anybody('order').get('/health/ready')).status).toBe(503);
    });
    await eventually(
      async () => expect((await tryOrder(client, product, { key })).status).toBe(201),
      UP_AGAIN,
    );
    await eventually(async () => {
      const list = await client.get<{ items: Order[] }>('/api/v1/orders');
      expect(list.body.items).toHaveLength(2);
    }, UP_AGAIN);
    const running = (await anybody('order').get('/health/live')).status;
    expect(running).toBe(200);
  });
});

describe('with Redis down', { timeout: slow }, () => {
  it('products are read and written all the same', async () => {
    const [staff, product] = [await merchant(), await goods()];
    const path = `/api/v1/products/${product.productId}`;
    await without('redis', async () => {
      expect((await anybody().get(path)).status).toBe(200);
      expect((await anybody().get('/api/v1/products?limit=5')).status).toBe(200);
      expect((await staff.patch(path, { name: 'without redis' })).status).toBe(200);
      await eventually(async () =>
        expect((await anybody().get(path)).body).toMatchObject({ name: 'without redis' }),
      );
    });
    await eventually(
      async () => expect((await anybody('product').get('/health/ready')).status).toBe(200),
      UP_AGAIN,
    );
  });
});

describe('with the schema registry down', { timeout: slow }, () => {
  it('services go on', async () => {
    const [client, product] = [await shopper(), await goods()];
    await order(client, product);
    await without('registry', async () => {
      const made = await order(client, product);
      expect((await pay(client, made)).status).toBe(200);
      await eventually(async () => {
        const list = await client.get<{ items: Order[] }>('/api/v1/orders');
        expect(list.body.items).toContainEqual(
          expect.objectContaining({ orderId: made.orderId, status: 'PAID' }),
        );
      }, UP_AGAIN);
    });
  });
});

describe('with the payment gateway down', { timeout: slow }, () => {
  it('nothing is charged blindly: 202 or 503, and in the end it is paid once', async () => {
    const [client, product] = [await shopper(), await goods()];
    const made = await order(client, product);
    await without('payment-gateway', async () => {
      const answer = await pay(client, made);
      expect([202, 503]).toContain(answer.status);
      if (answer.status === 503) expect(refusal(answer)).toEqual([503, 'PAYMENT_UNAVAILABLE']);
    });
    await eventually(
      async () => {
        const { body } = await client.get<Order>(`/api/v1/orders/${made.orderId}`);
        if (body.status === 'PENDING') await pay(client, made);
        expect(body.status).toBe('PAID');
      },
      { within: 120_000, every: 1_000 },
    );
    const response = await fetch(`${urlOf('payment-gateway')}/book?orderId=${made.orderId}`);
    expect(await response.json()).toMatchObject({ totals: [{ captures: 1 }] });
  });
});

describe('with the payment-adapter down', { timeout: slow }, () => {
  it('a payment is open until it is back, then settles', async () => {
    const [client, product] = [await shopper(), await goods()];
    const made = await order(client, product);
    await without('payment-adapter', async () => {
      const answer = await pay(client, made);
      expect([answer.status, answer.body.status]).toEqual([202, 'PAYMENT_PENDING']);
    });
    await becomes(client, made, 'PAID', 120_000);
  });
});
