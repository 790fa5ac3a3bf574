import { describe, expect, it } from 'vitest';
import { cartMismatches, type ClosedCart, type MadeOrder } from './c1-cart-is-one-order.ts';
import { copyMismatches } from './c3-copies-equal-carts.ts';

const cart = (more: Partial<ClosedCart> = {}): ClosedCart => ({
  ...{ cartId: 'c', storeId: 'S', status: 'CHECKED_OUT', userId: 'u', orderId: 'o', items: 'p×2' },
  ...more,
});
const order = (more: Partial<MadeOrder> = {}): MadeOrder => ({
  ...{ orderId: 'o', storeId: 'S', userId: 'u', items: 'p×2' },
  ...more,
});
const key = { storeId: 'S', cartId: 'c', orderId: 'o' };

describe('C1', () => {
  it('accepts a cart with its order, also after the key is forgotten', () => {
    expect(cartMismatches([cart()], [order()], [key])).toEqual([]);
    expect(cartMismatches([cart()], [order()], [])).toEqual([]);
  });

  it.each<[string, ClosedCart[], MadeOrder[]]>([
    ['an order that is not there', [cart()], []],
    ['other lines', [cart()], [order({ items: 'p×3' })]],
    ['another customer', [cart()], [order({ userId: 'v' })]],
    ['another tenant', [cart()], [order({ storeId: 'T' })]],
  ])('finds %s', (_, carts, orders) =>
    expect(cartMismatches(carts, orders, [])).toMatchObject([{ subject: 'c' }]),
  );

  it('finds an order of whose cart nobody knows', () => {
    expect(cartMismatches([], [], [key])).toHaveLength(1);
    expect(cartMismatches([cart({ status: 'OPEN', orderId: null })], [], [key])).toHaveLength(1);
  });
});

describe('C3', () => {
  const state = { cartId: 'c', version: 2, status: 'OPEN', items: 'p×1' };
  it('wants copies to say what the rows say', () => {
    expect(copyMismatches([state], [state])).toEqual([]);
    expect(copyMismatches([], [state])).toEqual([]);
    expect(copyMismatches([state], [{ ...state, version: 3 }])).toHaveLength(1);
    expect(copyMismatches([state], [{ ...state, items: 'p×2' }])).toHaveLength(1);
    expect(copyMismatches([state], [])).toHaveLength(1);
  });
});
