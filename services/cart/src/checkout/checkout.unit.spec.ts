import { describe, expect, it } from 'vitest';
import { cartOf, item, LATER, NOW } from '#cart/cart.fixture.ts';
import type { Checkout } from '#cart/cart.ts';
import { beginCheckout, completeCheckout, reopenCart } from './decide.ts';

const command = {
  userId: 'USER-9',
  segment: 'vip',
  attemptId: 'TRY-1',
  correlationId: 'test',
  reply: null,
  shippingAddress: undefined,
  expectedVersion: undefined,
  now: NOW,
};
const address = { line1: '1 Harbour Street' };
const full = cartOf({
  items: [item('P1', 2)],
  codes: ['WELCOME'],
  shipping: { address, method: 'STANDARD' },
});
const order = { orderId: 'O-1', total: 400n, currency: 'USD' };

describe('checkout', () => {
  it('freezes what is ordered', () => {
    const begun = beginCheckout(full, command);
    expect(begun).toMatchObject({
      status: 'CHECKING_OUT',
      checkout: {
        attemptId: 'TRY-1',
        request: {
          userId: 'USER-9',
          segment: 'vip',
          items: [{ productId: 'P1', qty: 2 }],
          discountCodes: ['WELCOME'],
          shippingAddress: address,
        },
      },
    });
    expect(beginCheckout(begun, { ...command, attemptId: 'TRY-2' }).checkout?.attemptId).toBe('TRY-1');
  });

  it('needs something to order, and the version it was asked for', () => {
    expect(() => beginCheckout(cartOf(), command)).toThrow(/empty/);
    expect(() => beginCheckout(full, { ...command, expectedVersion: 9 })).toThrow(/changed/);
    const done = cartOf({ status: 'CHECKED_OUT', orderId: 'O-1' });
    expect(() => beginCheckout(done, command)).toThrow(/has become an order/);
  });

  it('closes the cart with what was ordered, once, even one that was opened again meanwhile', () => {
    const checkout = beginCheckout(full, command).checkout as Checkout;
    const changed = cartOf({ items: [item('P1', 2), item('P2')], version: 5 });
    const { cart, events } = completeCheckout(changed, { order, checkout, now: LATER });
    expect(cart).toMatchObject({
      status: 'CHECKED_OUT',
      orderId: 'O-1',
      items: [item('P1', 2)],
      codes: ['WELCOME'],
    });
    expect(events).toMatchObject([
      { payload: { orderId: 'O-1', userId: 'USER-9', totalAmount: 40_000n, checkedOutAt: LATER } },
    ]);
    expect(completeCheckout(cart, { order, checkout, now: LATER })).toEqual({ cart, events: [] });
  });

  it('that is refused opens the cart again, unless another one has begun', () => {
    const begun = beginCheckout(full, command);
    expect(reopenCart(begun, 'TRY-1', LATER)).toMatchObject({ status: 'OPEN', checkout: null });
    expect(reopenCart(begun, 'TRY-2', LATER)).toBe(begun);
  });
});
