import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods, paidOrder } from './shop.fixture.ts';
import { admin, as, unique } from './stack.fixture.ts';

interface Entry {
  readonly seq: number;
  readonly action: string;
  readonly actor: string;
  readonly resource: string;
  readonly details: object;
  readonly hash: string;
}
interface Report {
  readonly chains: readonly { storeId: string; broken: readonly { seq: number; what: string }[] }[];
}

async function verify(storeId: string) {
  const { code, output } = await tw('audit', 'verify', '--json');
  const chain = (JSON.parse(output) as Report).chains.find((one) => one.storeId === storeId);
  return { code, broken: chain?.broken };
}

describe('the audit log', () => {
  // A tenant of its own: what is broken here must not be broken for others.
  const storeId = unique('STORE-AUDIT');

  async function overridePrices(count: number): Promise<Entry[]> {
    const boss = await admin(storeId);
    const { productId } = await goods({ storeId });
    for (let at = 1; at <= count; at++) {
      const price = { price: `${at}.00`, currency: 'USD' };
      expect((await boss.put(`/api/v1/products/${productId}/price`, price)).status).toBe(200);
    }
    return eventually(async () => {
      const path = `/api/v1/audit-log?action=price.changed&resource=product:${productId}`;
      const { body } = await boss.get<{ items: Entry[] }>(path);
      expect(body.items).toHaveLength(count);
      return body.items;
    });
  }

  it('tells who overrode a price, within moments of its event', async () => {
    const [entry] = await overridePrices(1);
    expect(entry).toMatchObject({
      actor: 'ADMIN-1',
      details: { from: '12.50', to: '1.00', currency: 'USD' },
    });
  });

  it('tells who made a discount code', async () => {
    const boss = await admin(storeId);
    const body = { code: unique('AUDIT'), type: 'PERCENTAGE', value: 10 };
    expect((await boss.post('/api/v1/discount-codes', body)).status).toBe(201);
    await eventually(async () => {
      const answer = await boss.get<{ items: Entry[] }>('/api/v1/audit-log?action=discount_code.created');
      expect(answer.body.items).toMatchObject([{ actor: 'ADMIN-1', details: { name: body.code } }]);
    });
  });

  const actsOn = async (resource: string): Promise<string[]> => {
    const path = `/api/v1/audit-log?resource=${resource}&limit=100`;
    const { body } = await (await admin(storeId)).get<{ items: Entry[] }>(path);
    return body.items.map(({ actor, action }) => `${actor} ${action}`).toSorted();
  };

  it("tells what staff decided about a customer's order, and whose money went back", async () => {
    const [boss, other] = [await admin(storeId), await as({ sub: 'ADMIN-2', roles: ['ADMIN'], storeId })];
    const client = await as({ sub: unique('USER'), storeId });
    const product = await goods({ storeId, price: '2000.00' });
    const { orderId } = await paidOrder(client, product);
    const done = async (by: typeof boss, what: string, body: object = {}) => {
      const answer = await by.post<{ returnId: string }>(`/api/v1/orders/${orderId}/${what}`, body);
      expect([200, 201, 202], JSON.stringify(answer.body)).toContain(answer.status);
      return answer.body;
    };
    await done(boss, 'cancel');
    await done(other, 'cancel/reject', { reason: 'sent already' });
    await done(boss, 'refunds', { amount: '5.00' });
    await done(boss, 'fulfill');
    const items = [{ productId: product.productId, qty: 1 }];
    const { returnId } = await done(client, 'returns', { items, reason: 'too small' });
    await done(other, `returns/${returnId}/reject`, { reason: 'worn' });
    await eventually(async () =>
      expect(await actsOn(`order:${orderId}`)).toEqual([
        ...[
          'ADMIN-1 order.cancellation_requested',
          'ADMIN-1 order.refund_requested',
          'ADMIN-1 order.refunded',
        ],
        ...['ADMIN-2 order.cancellation_rejected', 'ADMIN-2 order.return_rejected'],
      ]),
    );
  });

  it('tells who put goods on sale, changed the sale and ended it', async () => {
    const [boss, other] = [await admin(storeId), await as({ sub: 'ADMIN-2', roles: ['ADMIN'], storeId })];
    const { productId } = await goods({ storeId });
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const sale = { productIds: [productId], discountPercent: 25, endsAt };
    const made = await boss.post<{ saleId: string }>('/api/v1/flash-sales', sale);
    expect(made.status).toBe(201);
    const path = `/api/v1/flash-sales/${made.body.saleId}`;
    expect((await other.patch(path, { discountPercent: 30 })).status).toBe(200);
    expect((await boss.delete(path)).status).toBe(204);
    await eventually(async () =>
      expect(await actsOn(`flash_sale:${made.body.saleId}`)).toEqual([
        ...['ADMIN-1 flash_sale.ended', 'ADMIN-1 flash_sale.started', 'ADMIN-2 flash_sale.changed'],
      ]),
    );
  });

  it('shows a row that was changed behind its back: ./tw audit verify names it and fails', async () => {
    const [entry] = await overridePrices(2);
    const where = 'where store_id = $1 and seq = $2';
    const row = [storeId, entry?.seq];
    await sql('identity', `update audit_log set actor = 'EVE' ${where}`, row);
    const found = await verify(storeId);
    await sql('identity', `update audit_log set actor = 'ADMIN-1' ${where}`, row);
    expect(found).toEqual({ code: 1, broken: [{ seq: entry?.seq, what: 'was changed' }] });
  });
});
