import { beforeAll, describe, it } from 'vitest';
import { sql } from './database.fixture.ts';
import { caught } from './reconcile.fixture.ts';
import { goods, shopper } from './shop.fixture.ts';

let open: string;
let closed: string;

beforeAll(async () => {
  const client = await shopper();
  const { productId } = await goods();
  const filled = async (): Promise<string> => {
    const { cartId } = (await client.post<{ cartId: string }>('/api/v1/carts')).body;
    await client.post(`/api/v1/carts/${cartId}/items`, { productId, qty: 2 });
    return cartId;
  };
  closed = await filled();
  await client.post(`/api/v1/carts/${closed}/checkout`);
  open = await filled();
});

describe('tw reconcile', { timeout: 120_000 }, () => {
  const qty = (cartId: () => string, change: string) => () =>
    sql('cart', `update cart_items set qty = qty ${change} where cart_id = $1`, [cartId()]);

  it('C1: a cart that says something else than its order', () =>
    caught(
      'C1',
      () => closed,
      qty(() => closed, '+ 1'),
      qty(() => closed, '- 1'),
    ));

  it('C1: an order whose cart is open', () => {
    const text = `update carts set status = $2, order_id = $3 where cart_id = $1`;
    let orderId: unknown;
    return caught(
      'C1',
      () => closed,
      async () => {
        orderId = (await sql('cart', 'select order_id from carts where cart_id = $1', [closed]))[0]?.[
          'order_id'
        ];
        await sql('cart', text, [closed, 'OPEN', null]);
      },
      () => sql('cart', text, [closed, 'CHECKED_OUT', orderId]),
    );
  });

  it('C2: a checkout that nobody settles', () => {
    const text = `update carts set status = $2, checkout = $3, checkout_due_at = $4, updated_at = now() - $5::interval
      where cart_id = $1`;
    const later = new Date(Date.now() + 600_000);
    return caught(
      'C2',
      () => open,
      () => sql('cart', text, [open, 'CHECKING_OUT', {}, later, '5 minutes']),
      () => sql('cart', text, [open, 'OPEN', null, null, '0']),
    );
  });

  it('C3: a copy that is not what the cart is', () =>
    caught(
      'C3',
      () => open,
      qty(() => open, '+ 1'),
      qty(() => open, '- 1'),
    ));
});
