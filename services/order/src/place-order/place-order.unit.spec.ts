import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { describe, expect, it } from 'vitest';
import { given, order, place, usd } from '#order/order.fixture.ts';
import { viewOf } from '#order/view.ts';
import { placeOrder } from './decide.ts';

const code = { kind: 'CODE', ruleId: 'C1', name: 'SPRING', amount: 1n };

describe('placing an order', () => {
  it('takes the prices of the server and sums them', () => {
    const [event] = place;
    expect(event).toMatchObject({
      type: 'ecommerce.order.order.created.v1',
      payload: { totalAmount: usd(12_950n), currency: 'USD', status: 'PENDING' },
    });
  });

  it('is done once', () => {
    expect(placeOrder(given(...place), {} as never)).toEqual([]);
  });

  it('keeps how its price came about, to the cent', () => {
    const lines = [{ ...order.lines[0]!, qty: 3, price: 33n, listPrice: 40n, total: 98n, rules: [code] }];
    const events = placeOrder(undefined, {
      ...order,
      lines,
      pricing: { discount: 1n, codes: ['SPRING'], rules: [code] },
    });
    expect(events[0]?.payload).toMatchObject({
      totalAmount: usd(98n),
      discountAmount: usd(1n),
      discountCodes: ['SPRING'],
      items: [{ price: usd(33n), listPrice: usd(40n), total: usd(98n) }],
    });
    expect(viewOf(given(...events), 1)).toMatchObject({
      totalAmount: '0.98',
      discountAmount: '0.01',
      discountCodes: ['SPRING'],
      items: [
        {
          listPrice: '0.40',
          price: '0.33',
          total: '0.98',
          appliedRules: [{ name: 'SPRING', amount: '0.01' }],
        },
      ],
      appliedRules: [{ kind: 'CODE', amount: '0.01' }],
    });
  });

  it('reads orders of before there were rules', () => {
    const [event] = place;
    if (event?.type !== 'ecommerce.order.order.created.v1') throw new Error('not an order');
    const items = event.payload.items.map((item) => ({ ...item, listPrice: null, total: null }));
    const old = given({ ...event, payload: { ...event.payload, items, discountAmount: null } });
    expect(old.lines.map(({ listPrice, total }) => [listPrice, total])).toEqual([
      [2_500n, 5_000n],
      [7_950n, 7_950n],
    ]);
    expect(toDecimal(old.total, 'USD')).toBe(usd(12_950n));
  });
});
