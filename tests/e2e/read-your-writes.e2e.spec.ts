import type { Answer } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { during } from './database.fixture.ts';
import { goods, order, shopper, stockPath, tryOrder } from './shop.fixture.ts';
import { anybody, merchant, unique } from './stack.fixture.ts';

const tokenOf = ({ headers }: Answer<unknown>): string => {
  const token = headers.get('position-token');
  expect(token).toMatch(/^[\w-]+$/);
  return token ?? '';
};
const reading = (token: string) => ({ headers: { 'position-token': token } });
interface List {
  readonly items: readonly { readonly orderId: string }[];
}
/** Nothing is applied to a projection while nobody can store how far it is. */
const HELD_UP = 'lock table projection_checkpoints in exclusive mode';
const FRESH = 'versions=0, ms=0';

describe('a read that carries the position of a write sees it', () => {
  it('an order in its customer’s list, also from the repeat of a reply that was lost', async () => {
    const [client, product, key] = [await shopper(), await goods(), unique('KEY')];
    await order(client, product);
    for (const replayed of [null, 'true']) {
      const made = await tryOrder(client, product, { key });
      expect([made.status, made.headers.get('idempotent-replayed')]).toEqual([201, replayed]);
      const list = await client.get<List>('/api/v1/orders?customer=me', reading(tokenOf(made)));
      expect(list.headers.get('projection-lag')).toBe(FRESH);
      expect(list.body.items[0]?.orderId).toBe(made.body.orderId);
    }
  });

  it('a product in lists and search, whatever was kept of them', async () => {
    const [staff, name] = [await merchant(), unique('Kaleidoscope')];
    const made = await staff.post<{ productId: string }>('/api/v1/products', {
      ...{ sku: unique('RYW'), name, price: '1.00', currency: 'USD' },
    });
    for (const path of ['/api/v1/products?limit=1', `/api/v1/products/search?q=${name}`]) {
      const { body, headers } = await anybody().get<{ items: { productId: string }[] }>(
        path,
        reading(tokenOf(made)),
      );
      expect([headers.get('projection-lag'), body.items[0]?.productId]).toEqual([FRESH, made.body.productId]);
    }
  });

  it('stock in the central view', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 5 })];
    const adjusted = await staff.post(`${stockPath(product)}/adjust`, { delta: 37, reason: 'RECEIVED' });
    const view = await staff.get<{ onHand: number }>(
      `/api/v1/inventory/${product.productId}/snapshot`,
      reading(tokenOf(adjusted)),
    );
    expect([view.body.onHand, view.headers.get('projection-lag')]).toEqual([42, FRESH]);
  });

  it('says how far behind it is where that takes too long', async () => {
    const [client, product] = [await shopper(), await goods()];
    const path = '/api/v1/orders?customer=me';
    const { made, late } = await during('order', HELD_UP, async () => {
      const made = await tryOrder(client, product);
      return { made, late: await client.get<List>(path, reading(tokenOf(made))) };
    });
    expect([late.status, late.body.items]).toEqual([200, []]);
    const [, versions, ms] =
      /^versions=(\d+), ms=(\d+)$/.exec(late.headers.get('projection-lag') ?? '') ?? [];
    expect(versions).toBe('1');
    expect(Number(ms)).toBeGreaterThanOrEqual(2_000);

    const found = await client.get<List>(path, reading(tokenOf(made)));
    expect([found.headers.get('projection-lag'), found.body.items[0]?.orderId]).toEqual([
      FRESH,
      made.body.orderId,
    ]);
  });

  it('refuses what is no position, and says nothing without one', async () => {
    const client = await shopper();
    const wrong = await client.get('/api/v1/orders?customer=me', reading('nonsense'));
    expect([wrong.status, wrong.body]).toMatchObject([400, { code: 'POSITION_TOKEN_INVALID' }]);
    expect((await client.get('/api/v1/orders?customer=me')).headers.get('projection-lag')).toBeNull();
  });
});
