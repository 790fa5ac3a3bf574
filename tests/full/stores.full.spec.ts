import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw, without } from '../e2e/cli.fixture.ts';
import { sql } from '../e2e/database.fixture.ts';
import { redisCommand } from '../e2e/redis.fixture.ts';
import {
  becomes,
  goods,
  type Order,
  order,
  paidOrder,
  pay,
  type Product,
  shopper,
} from '../e2e/shop.fixture.ts';
import { merchant } from '../e2e/stack.fixture.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';

/** A driver finds a server that is back within some seconds, and what waited is applied then. */
const within = 60_000;

interface Page {
  readonly items: readonly Order[];
  readonly nextCursor: string | null;
}

const list = (client: HttpClient, query = '') => client.get<Page>(`/api/v1/orders${query}`);

const standsIn = async (service: string, name: string): Promise<string | undefined> => {
  const text = `select store from projections where name = $1 and state = 'live'`;
  return (await sql<{ store: string }>(service, text, [name]))[0]?.store;
};

const shows = (
  client: HttpClient,
  expected: readonly { readonly orderId: string; readonly status: string }[],
) =>
  eventually(
    async () => {
      const { status, body } = await list(client);
      expect(status, JSON.stringify(body)).toBe(200);
      expect(body.items.map(({ orderId, status: shown }) => ({ orderId, status: shown }))).toEqual(expected);
    },
    { within },
  );

const told = ({ orderId, status }: Order) => ({ orderId, status });

describe('projections on their stores', { timeout: 180_000 }, () => {
  it('stand there once profile full is up', async () => {
    expect(await standsIn('order', 'orders_by_customer')).toBe('cassandra');
    expect(await standsIn('inventory', 'inventory_snapshot')).toBe('redis+cassandra');
    expect(await standsIn('notification', 'order_status')).toBe('redis');
  });

  it("page through a customer's orders, newest first", async () => {
    const client = await shopper();
    const product = await goods();
    const made: Order[] = [];
    for (let n = 0; n < 3; n++) made.unshift(await order(client, product));
    await shows(client, made.map(told));
    const first = await list(client, '?limit=2');
    expect(first.body.items.map(({ orderId }) => orderId)).toEqual(
      made.slice(0, 2).map(({ orderId }) => orderId),
    );
    const next = await list(client, `?limit=2&cursor=${first.body.nextCursor}`);
    expect(next.body.items.map(({ orderId }) => orderId)).toEqual([made[2]?.orderId]);
    expect(next.body.nextCursor).toBeNull();
  });

  it('go on where they were when Cassandra has been away; orders are taken meanwhile', async () => {
    const client = await shopper();
    const product = await goods();
    const before = await paidOrder(client, product);
    await shows(client, [told(before)]);
    let meanwhile: Order | undefined;
    await without('cassandra', async () => {
      meanwhile = await order(client, product);
      expect((await list(client)).status).toBe(503);
      expect((await pay(client, meanwhile)).status).toBe(200);
    });
    const paid = await becomes(client, meanwhile!, 'PAID');
    await shows(client, [told(paid), told(before)]);
  });

  it('serve the stock from Cassandra when Redis was wiped, and put it back', async () => {
    const staff = await merchant();
    const product = await goods({ onHand: 9 });
    const snapshot = async ({ productId }: Product) =>
      (await staff.get<{ onHand: number }>(`/api/v1/inventory/${productId}/snapshot`)).body.onHand;
    await eventually(async () => expect(await snapshot(product)).toBe(9), { within });
    const keys = (await redisCommand(
      'KEYS',
      `projection:*inventory_snapshot*${product.productId}`,
    )) as string[];
    expect(keys).toHaveLength(1);
    await redisCommand('DEL', ...keys);
    expect(await snapshot(product)).toBe(9);
    await eventually(async () => expect(await redisCommand('EXISTS', ...keys)).toBe(1));
  });

  it('say that they were wiped, and are whole again after a replay', async () => {
    const client = await shopper();
    const made = await paidOrder(client, await goods());
    const keys = (await redisCommand('KEYS', 'projection:notification:order_status:*')) as string[];
    await redisCommand('DEL', ...keys);
    const ran = await tw('replay', 'order_status');
    expect(ran.code, ran.errors).toBe(0);
    expect(await standsIn('notification', 'order_status')).toBe('redis');
    const check = await tw('reconcile', '--only', 'I8,N1', '--wait', '30');
    expect(check.code, check.output).toBe(0);
    const again = await tw('replay', 'orders_by_customer', '--verify');
    expect(again.code, again.errors).toBe(0);
    await shows(client, [told(made)]);
  });
});
