import { describe, expect, it } from 'vitest';
import { goods, order, type Order, pay, becomes, shopper, stockPath } from './shop.fixture.ts';
import { admin, merchant, refusal } from './stack.fixture.ts';

interface Past {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}
interface Change {
  readonly status: string;
  readonly at: string;
}

const at = (time: string | number): string => `?asOf=${encodeURIComponent(new Date(time).toISOString())}`;

describe('the past', () => {
  it('of an order and its stock is what had happened by then', async () => {
    const [client, staff, product] = [await shopper(), await merchant(), await goods({ onHand: 10 })];
    const made = await order(client, product, 3);
    expect((await pay(client, made)).status).toBe(200);
    const paid = await becomes(client, made, 'PAID');
    const path = `/api/v1/orders/${made.orderId}`;
    const { body } = await client.get<{ items: Change[] }>(`${path}/history`);
    const when = (status: string): number =>
      Date.parse(body.items.find((one) => one.status === status)?.at ?? '');

    expect((await client.get<Order>(path + at(when('PENDING')))).body).toMatchObject({
      ...{ status: 'PENDING', version: 1, totalAmount: paid.totalAmount },
    });
    expect((await client.get<Order>(path + at(Date.now()))).body).toEqual((await client.get(path)).body);
    expect(
      (await client.get<{ items: Change[] }>(`${path}/history${at(when('PENDING'))}`)).body.items,
    ).toHaveLength(1);

    const stock = stockPath(product);
    const view = `/api/v1/inventory/${product.productId}/snapshot`;
    const then = { onHand: 10, reserved: 3, available: 7 };
    for (const place of [stock, view])
      expect((await staff.get<Past>(place + at(when('PENDING')))).body).toMatchObject(then);
    // An order is stored once its stock is held, so a moment before both there was nothing of it.
    const [live, past] = [await staff.get<Past>(stock), await staff.get<Past>(stock + at(Date.now()))];
    const { onHand, reserved, available } = live.body;
    expect(past.body).toMatchObject({ onHand, reserved, available });
  });

  it('begins with what it is about, and has no future', async () => {
    const [client, staff, product] = [await shopper(), await merchant(), await goods()];
    const { orderId } = await order(client, product);
    const year = at('2020-01-01T00:00:00Z');
    const soon = at(Date.now() + 3_600_000);
    const prices = `/api/v1/products/${product.productId}/price-history`;
    const view = `/api/v1/inventory/${product.productId}/snapshot`;
    const reads = [
      [client, `/api/v1/orders/${orderId}`, 'ORDER_NOT_FOUND'],
      [client, `/api/v1/orders/${orderId}/history`, 'ORDER_NOT_FOUND'],
      [staff, stockPath(product), 'STOCK_NOT_FOUND'],
      [staff, view, 'PRODUCT_NOT_FOUND'],
      [client, prices, 'PRODUCT_NOT_FOUND'],
    ] as const;
    for (const [who, path, code] of reads) {
      expect(refusal(await who.get(path + year))).toEqual([404, code]);
      expect(refusal(await who.get(path + soon))).toEqual([400, 'AS_OF_IN_FUTURE']);
      expect((await who.get(`${path}?asOf=yesterday`)).status).toBe(400);
    }
  });

  it("of another customer's order stays theirs", async () => {
    const [client, stranger, product] = [await shopper(), await shopper(), await goods()];
    const { orderId } = await order(client, product);
    const path = `/api/v1/orders/${orderId}${at(Date.now())}`;
    expect(refusal(await stranger.get(path))).toEqual([404, 'ORDER_NOT_FOUND']);
    expect((await (await admin()).get(path)).status).toBe(200);
  });
});
