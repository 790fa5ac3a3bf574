import { describe, expect, it } from 'vitest';
import {
  type Pieces,
  pieceMismatches,
  type Promised,
  refundMismatches,
  stockMismatches,
} from './i13-parts-add-up.ts';

const pieces: Pieces = {
  ...{ orderId: 'o', status: 'FULFILLED', productId: 'p', ordered: 3, picked: 3 },
  ...{ sent: 2, moving: 1, back: 2, returned: 1 },
};
const money: Promised = {
  ...{ orderId: 'o', captured: 500n, refunded: 200n, paidBack: 200n, open: 300n, returnsOff: 0 },
};

describe('I13', () => {
  it('agrees', () => {
    expect(pieceMismatches([pieces, { ...pieces, status: 'PAID', picked: 2, back: 0 }])).toEqual([]);
    expect(refundMismatches([money])).toEqual([]);
    expect(stockMismatches([pieces], [{ orderId: 'o', productId: 'p', qty: 1 }])).toEqual([]);
  });

  it.each<[string, Partial<Pieces>]>([
    ['more picked than ordered', { picked: 4 }],
    ['an order that is fulfilled in part', { picked: 2, sent: 1, back: 0 }],
    ['more sent than picked', { sent: 4 }],
    ['more coming back than was handed over', { back: 3 }],
    ['an order that is returned in part', { status: 'RETURNED' }],
  ])('finds %s', (_, change) => expect(pieceMismatches([{ ...pieces, ...change }])).toHaveLength(1));

  it.each<[string, Partial<Promised>]>([
    ['refunds that the order does not know', { refunded: 100n }],
    ['more promised than captured', { open: 301n }],
    ['a return that was paid otherwise', { returnsOff: 1 }],
  ])('finds %s', (_, change) => expect(refundMismatches([{ ...money, ...change }])).toHaveLength(1));

  it.each([[[]], [[{ orderId: 'o', productId: 'p', qty: 2 }]], [[{ orderId: 'x', productId: 'p', qty: 1 }]]])(
    'finds pieces that came back and are not in the stock, and the other way round',
    (stock) => expect(stockMismatches([pieces], stock).length).toBeGreaterThan(0),
  );
});
