import { DomainError } from '@tradewind/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { cartOf, current, item, resolutionOf } from '#cart/cart.fixture.ts';
import { fromKept, lastKnown, type Priced, toKept } from '#cart/priced.ts';
import { viewOf } from '#cart/view.ts';
import { priceCart } from '#price-cart.ts';
import type { PriceAnswer, PriceRequest } from '#prices.ts';

const context = { storeId: 'STORE-1', correlationId: 'test', causationId: null, segment: 'vip' };

/** Answers in turn, then with a price. */
function price(
  cart: Parameters<typeof priceCart>[0],
  answers: readonly (PriceAnswer | Error)[],
  kept?: Priced,
) {
  const asked: PriceRequest[] = [];
  const prices = {
    async resolve(request: PriceRequest): Promise<PriceAnswer> {
      const answer = answers[asked.push(request) - 1];
      if (answer instanceof Error) throw answer;
      return answer ?? { kind: 'resolved', resolution: resolutionOf(request.lines, request.codes) };
    },
  };
  return priceCart(cart, { prices, kept: async () => kept }, context).then((priced) => ({ priced, asked }));
}

const away = new DomainError('PRICING_UNAVAILABLE', 'unavailable', 'away');
const cart = cartOf({ items: [item('P1', 2), item('P2')], codes: ['A', 'B'] });

describe('the price of a cart', () => {
  it('is what pricing says', async () => {
    const { priced } = await price(cart, []);
    expect(viewOf(cart, priced, new Map([['P1', 1]]))).toMatchObject({
      totalAmount: '5.50',
      discountAmount: '2.00',
      priceStatus: 'CURRENT',
      items: [
        { price: '2.50', total: '3.00', stock: { available: 1, inStock: false, hint: true } },
        { price: '2.50', total: '2.50', stock: null },
      ],
    });
  });

  it('leaves out codes and products that are refused, and names them', async () => {
    const { priced, asked } = await price(cart, [
      { kind: 'codes', problems: [{ code: 'A', reason: 'EXHAUSTED' }] },
      { kind: 'unknown-products', productIds: ['P2'] },
    ]);
    expect(asked.at(-1)).toMatchObject({
      ...{ lines: [{ productId: 'P1', qty: 2 }], codes: ['B'], segment: 'vip' },
    });
    const view = viewOf(cart, priced, new Map());
    expect(view).toMatchObject({ codes: ['A', 'B'], codeProblems: [{ code: 'A', reason: 'EXHAUSTED' }] });
    expect(view.items.map(({ forSale, price: each }) => [forSale, each])).toEqual([
      [true, '2.50'],
      [false, null],
    ]);
  });

  it('is the last known one while pricing is away, without discounts where pieces changed', async () => {
    const kept = current(resolutionOf([{ productId: 'P1', qty: 5 }], ['A']));
    const { priced } = await price(cart, [away], kept);
    expect(viewOf(cart, priced, new Map())).toMatchObject({
      priceStatus: 'LAST_KNOWN',
      totalAmount: '5.00',
      discountAmount: '0.00',
      items: [{ total: '5.00', appliedRules: [] }, { price: null }],
    });
    const unchanged = lastKnown(cartOf({ items: [item('P1', 5)] }), kept);
    expect(unchanged.resolution).toMatchObject({ total: 1_150n, discount: 100n });
  });

  it('of nothing needs nobody', async () => {
    const { priced, asked } = await price(cartOf(), [away]);
    expect(asked).toEqual([]);
    expect(viewOf(cartOf(), priced, new Map())).toMatchObject({
      totalAmount: '0.00',
      priceStatus: 'CURRENT',
    });
  });

  it('is kept as JSON and read as it was, whatever names look like', () => {
    const resolution = resolutionOf([{ productId: '12', qty: 1 }], ['99']);
    expect(fromKept(toKept(current(resolution)))).toEqual({ ...current(resolution), status: 'LAST_KNOWN' });
  });
});
