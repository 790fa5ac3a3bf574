import { describe, expect, it } from 'vitest';
import { admin, merchant, type Problem, refusal } from './stack.fixture.ts';
import { goods, order, shopper, type Stock, stockPath } from './shop.fixture.ts';

describe('optimistic concurrency of a product', () => {
  it('shows its version as ETag, takes If-Match, and refuses an old one with the current version', async () => {
    const [staff, product] = [await merchant(), await goods()];
    const path = `/api/v1/products/${product.productId}`;
    expect((await staff.get(path)).headers.get('etag')).toBe('"1"');
    const changed = await staff.patch(path, { name: 'second' }, { version: 1 });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const late = await staff.patch<Problem>(path, { name: 'third' }, { version: 1 });
    expect(refusal(late)).toEqual([409, 'VERSION_CONFLICT']);
    expect(late.body['currentVersion']).toBe(2);
    const lateToo = await staff.patch<Problem>(path, { name: 'third', expectedVersion: 1 });
    expect(refusal(lateToo)).toEqual([409, 'VERSION_CONFLICT']);
  });

  it('keeps each price with its time', async () => {
    const [boss, product] = [await admin(), await goods({ price: '10.00' })];
    const path = `/api/v1/products/${product.productId}`;
    expect((await boss.put(`${path}/price`, { price: '11.00', currency: 'USD' })).status).toBe(200);
    expect(refusal(await boss.put(`${path}/price`, { price: '11.00', currency: 'EUR' }))[0]).toBe(422);
    const history = await boss.get<{ items: { price: string; validTo: string | null }[] }>(
      `${path}/price-history`,
    );
    expect(history.body.items.map(({ price }) => price).sort()).toEqual(['10.00', '11.00']);
    expect(history.body.items.filter(({ validTo }) => validTo === null)).toHaveLength(1);
  });

  it('does not sell what is archived', async () => {
    const [staff, client, product] = [await merchant(), await shopper(), await goods()];
    await order(client, product);
    const path = `/api/v1/products/${product.productId}`;
    expect((await staff.delete(path)).status).toBe(204);
    expect(refusal(await staff.patch(path, { name: 'x' }))).toEqual([409, 'PRODUCT_ARCHIVED']);
  });
});

describe('optimistic concurrency of stock', () => {
  it('refuses a write for another version', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 10 })];
    const path = stockPath(product);
    const first = await staff.get<Stock>(path);
    expect(first.headers.get('etag')).toBe(`"${first.body.version}"`);
    const adjust = (expectedVersion: number) =>
      staff.post<Stock & Problem>(`${path}/adjust`, { delta: -1, reason: 'DAMAGED', expectedVersion });
    const done = await adjust(first.body.version);
    expect([done.status, done.body.onHand]).toEqual([200, 9]);
    const late = await adjust(first.body.version);
    expect(refusal(late)).toEqual([409, 'VERSION_CONFLICT']);
    expect(late.body['currentVersion']).toBe(done.body.version);
  });

  it('never falls below zero, nor below what is reserved', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 5 })];
    await order(await shopper(), product, 3);
    const path = stockPath(product);
    const answers = [
      await staff.post(`${path}/adjust`, { delta: -6, reason: 'LOST' }),
      await staff.post(`${path}/adjust`, { delta: -3, reason: 'LOST' }),
      await staff.put(path, { productId: product.productId, onHand: 2 }),
    ];
    expect(answers.map(refusal)).toEqual(Array.from({ length: 3 }, () => [409, 'NEGATIVE_STOCK']));
    expect((await staff.post(`${path}/adjust`, { delta: -2, reason: 'LOST' })).status).toBe(200);
  });

  it('belongs to one product for ever', async () => {
    const [staff, one, two] = [await merchant(), await goods(), await goods()];
    const answer = await staff.put(stockPath(one), { productId: two.productId, onHand: 1 });
    expect(refusal(answer)).toEqual([409, 'SKU_MISMATCH']);
  });

  it('is held and let go by hand', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 5 })];
    const held = await staff.post<{ reservationId: string }>(`${stockPath(product)}/reserve`, { qty: 4 });
    expect(held.status).toBe(201);
    expect(refusal(await staff.post(`${stockPath(product)}/reserve`, { qty: 2 }))).toEqual([
      409,
      'INSUFFICIENT_STOCK',
    ]);
    const path = `/api/v1/reservations/${held.body.reservationId}`;
    expect((await staff.post(`${path}/confirm`, {})).status).toBe(200);
    expect((await staff.get<Stock>(stockPath(product))).body).toMatchObject({ onHand: 1, reserved: 0 });
    expect(refusal(await staff.get('/api/v1/reservations/none'))).toEqual([404, 'RESERVATION_NOT_FOUND']);
  });
});
