import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { describe, expect, it } from 'vitest';
import { differences, type StoredOrder } from './i2-order-is-fold-of-events.ts';
import { foldOrder, type FoldedOrder } from './order-fold.ts';

const usd = (minor: bigint) => toDecimal(minor, 'USD');
const event = (name: string, payload: object = {}): AnyEvent =>
  ({
    eventType: `ecommerce.order.order.${name}.v1`,
    payload: { currency: 'USD', ...payload },
  }) as unknown as AnyEvent;
const fold = (...events: AnyEvent[]): FoldedOrder =>
  events.reduce<FoldedOrder | undefined>(foldOrder, undefined) as FoldedOrder;

const items = [{ qty: 2 }, { qty: 1 }];
const bought = [
  event('created', { totalAmount: usd(12_950n), items }),
  event('payment_pending'),
  event('paid'),
];

describe('the fold of an order', () => {
  it('follows a payment', () => {
    expect(fold(...bought)).toEqual({
      ...{ status: 'PAID', version: 3, total: 12_950n, captured: 12_950n, refunded: 0n },
      kept: 3,
      history: ['1 PENDING', '2 PAYMENT_PENDING', '3 PAID'],
    });
  });

  it('knows events that change no status', () => {
    const events = [
      ...bought,
      event('cancellation_requested'),
      event('refunded', { refundedTotal: usd(12_950n) }),
    ];
    expect(fold(...events)).toMatchObject({
      status: 'PAID',
      version: 5,
      refunded: 12_950n,
      history: { length: 3 },
    });
    expect(fold(...events, event('canceled'))).toMatchObject({ status: 'CANCELED', version: 6 });
  });

  it('is RETURNED with the last piece', () => {
    const part = [...bought, event('fulfilled'), event('returned', { items: [{ qty: 2 }] })];
    expect(fold(...part)).toMatchObject({ status: 'FULFILLED', kept: 1 });
    expect(fold(...part, event('returned', { items: [{ qty: 1 }] }))).toMatchObject({
      status: 'RETURNED',
      kept: 0,
    });
  });

  it('notes each return to PENDING', () => {
    const events = [
      event('created', { totalAmount: usd(1n), items }),
      event('payment_pending'),
      event('payment_failed'),
    ];
    expect(fold(...events).history).toEqual(['1 PENDING', '2 PAYMENT_PENDING', '3 PENDING']);
  });
});

describe('an order against its events', () => {
  const folded = fold(...bought);
  const stored: StoredOrder = { orderId: 'o', ...folded };

  it('agrees', () => expect(differences(stored, folded)).toEqual([]));

  it.each<[string, Partial<StoredOrder>]>([
    ['status', { status: 'PENDING' }],
    ['version', { version: 4 }],
    ['total', { total: 1n }],
    ['captured', { captured: 0n }],
    ['refunded', { refunded: 1n }],
    ['history', { history: ['1 PENDING'] }],
  ])('differs in its %s', (_, change) =>
    expect(differences({ ...stored, ...change }, folded)).toHaveLength(1),
  );

  it('ends once', () => {
    const [found] = differences({ ...stored, history: ['1 PENDING', '2 CANCELED', '3 EXPIRED'] }, folded);
    expect(found?.what).toContain('ends more than once: 2 CANCELED, 3 EXPIRED');
  });

  it('has events', () => expect(differences(stored, undefined)).toMatchObject([{ what: 'has no events' }]));
});
