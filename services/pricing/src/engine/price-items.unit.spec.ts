import { describe, expect, it } from 'vitest';
import { HOUR, line, NOW, price, resolved } from './engine.fixture.ts';
import type { FlashSale, PriceList } from './rules.ts';

const list = (id: string, unitMinor: bigint, given: Partial<PriceList> = {}): PriceList => ({
  id,
  name: `List ${id}`,
  currency: 'USD',
  priority: 0,
  prices: new Map([['A', [{ minQty: 1, unitMinor }]]]),
  ...given,
});

const sale = (id: string, price: bigint | number, given: Partial<FlashSale> = {}): FlashSale => ({
  id,
  name: `Sale ${id}`,
  prices: new Map([
    ['A', typeof price === 'bigint' ? { unitMinor: price, currency: 'USD' } : { basisPoints: price }],
  ]),
  ...given,
});

const priceOf = (...given: Parameters<typeof resolved>) => resolved(...given).lines[0];

describe('the price before promotions', () => {
  it('is the base price where no rule says otherwise', () => {
    expect(resolved({}, [line('A', { qty: 3 })])).toEqual({
      currency: 'USD',
      lines: [
        {
          productId: 'A',
          sku: 'SKU-A',
          qty: 3,
          listMinor: 1000n,
          priceMinor: 1000n,
          totalMinor: 3000n,
          rules: [],
        },
      ],
      totalMinor: 3000n,
      discountMinor: 0n,
      freeShipping: false,
      orderRules: [],
      refusedCodes: [],
    });
  });

  it('is that of a list, also where the list is dearer', () => {
    const rule = { kind: 'PRICE_LIST', ruleId: 'L', name: 'List L' };
    expect(priceOf({ priceLists: [list('L', 800n)] }, [line('A', { qty: 2 })])).toMatchObject({
      listMinor: 1000n,
      priceMinor: 800n,
      totalMinor: 1600n,
      rules: [{ ...rule, amountMinor: 400n }],
    });
    expect(priceOf({ priceLists: [list('L', 1100n)] }, [line('A')])).toMatchObject({
      priceMinor: 1100n,
      rules: [{ ...rule, amountMinor: 0n }],
    });
  });

  it('follows the tier that all lines of the product reach together', () => {
    const tiers = [
      { minQty: 1, unitMinor: 900n },
      { minQty: 10, unitMinor: 700n },
    ];
    const priceLists = [list('L', 0n, { prices: new Map([['A', tiers]]) })];
    const priceMinor = (...quantities: number[]) =>
      priceOf(
        { priceLists },
        quantities.map((qty) => line('A', { qty })),
      )?.priceMinor;
    expect(priceMinor(9)).toBe(900n);
    expect(priceMinor(10)).toBe(700n);
    expect(priceMinor(4, 6)).toBe(700n);
  });

  it('is the base price below the first tier', () => {
    const priceLists = [list('L', 0n, { prices: new Map([['A', [{ minQty: 5, unitMinor: 700n }]]]) })];
    expect(priceOf({ priceLists }, [line('A', { qty: 4 })])).toMatchObject({ priceMinor: 1000n, rules: [] });
  });

  it('takes the list of the highest priority, then of the segment, then the first by id', () => {
    const general = list('L1', 900n);
    const vip = list('L2', 950n, { segment: 'VIP' });
    const first = list('L3', 970n, { priority: 1 });
    const priceMinor = (priceLists: PriceList[], segment?: string) =>
      priceOf({ priceLists }, [line('A')], { segment })?.priceMinor;
    expect(priceMinor([general, vip, first], 'VIP')).toBe(970n);
    expect(priceMinor([general, vip], 'VIP')).toBe(950n);
    expect(priceMinor([general, vip], 'NEW')).toBe(900n);
    expect(priceMinor([list('L0', 910n), general])).toBe(910n);
  });

  it('is the lower one of list and flash sale', () => {
    const priceLists = [list('L', 800n)];
    expect(priceOf({ priceLists, flashSales: [sale('F', 750n)] }, [line('A')])).toMatchObject({
      priceMinor: 750n,
      rules: [{ kind: 'FLASH_SALE', ruleId: 'F', name: 'Sale F', amountMinor: 250n }],
    });
    expect(priceOf({ priceLists, flashSales: [sale('F', 850n)] }, [line('A')])).toMatchObject({
      priceMinor: 800n,
      rules: [{ kind: 'PRICE_LIST' }],
    });
  });

  it('takes a percentage of a flash sale off the list price', () => {
    const flashSales = [sale('F', 3333)];
    expect(priceOf({ flashSales }, [line('A', { baseMinor: 999n })])).toMatchObject({ priceMinor: 666n });
    const priceLists = [list('L', 700n)];
    expect(priceOf({ priceLists, flashSales }, [line('A')])).toMatchObject({ priceMinor: 667n });
  });

  it('takes the lowest of several sales and says until when it holds', () => {
    const flashSales = [
      sale('F1', 700n, { endsAt: NOW + 2 * HOUR }),
      sale('F2', 600n, { endsAt: NOW + HOUR }),
    ];
    const resolution = resolved({ flashSales }, [line('A'), line('B')]);
    expect(resolution.lines[0]).toMatchObject({ priceMinor: 600n, rules: [{ ruleId: 'F2' }] });
    expect(resolution.validUntil).toBe(NOW + HOUR);
  });

  it('honours a window from its start on, up to but not at its end', () => {
    const flashSales = [sale('F', 500n, { startsAt: NOW, endsAt: NOW + HOUR })];
    const priceMinor = (now: number) => priceOf({ flashSales }, [line('A')], { now })?.priceMinor;
    expect(priceMinor(NOW - 1)).toBe(1000n);
    expect(priceMinor(NOW)).toBe(500n);
    expect(priceMinor(NOW + HOUR - 1)).toBe(500n);
    expect(priceMinor(NOW + HOUR)).toBe(1000n);
  });
});

describe('another currency', () => {
  const rate = (id: string, text: string, asOf: number, from = 'USD', to = 'JPY') => ({
    id,
    from,
    to,
    rate: text,
    asOf,
  });

  it('converts the base price by the latest rate that is not ahead', () => {
    const rates = [
      rate('R1', '150.5', NOW - 2 * HOUR),
      rate('R2', '151.05', NOW - HOUR),
      rate('R3', '160', NOW + 1),
    ];
    expect(priceOf({}, [line('A', { baseMinor: 1010n })], { currency: 'JPY', rates })).toMatchObject({
      listMinor: 1526n,
      priceMinor: 1526n,
      rules: [
        { kind: 'CURRENCY_RATE', ruleId: 'R2', name: 'USD to JPY 151.05 of 2026-03-15', amountMinor: 0n },
      ],
    });
  });

  it('prefers a list in that currency, which needs no rate', () => {
    const priceLists = [list('L', 1400n, { currency: 'JPY' })];
    expect(priceOf({ priceLists }, [line('A')], { currency: 'JPY' })).toMatchObject({
      listMinor: 1400n,
      priceMinor: 1400n,
      rules: [{ kind: 'PRICE_LIST' }],
    });
  });

  it('converts the amount of a flash sale', () => {
    const rates = [rate('R1', '150', NOW)];
    const line1 = priceOf({ flashSales: [sale('F', 500n)] }, [line('A')], { currency: 'JPY', rates });
    expect(line1).toMatchObject({ listMinor: 1500n, priceMinor: 750n });
    expect(line1?.rules.map(({ kind }) => kind)).toEqual(['CURRENCY_RATE', 'FLASH_SALE']);
  });

  it('gives nothing away by rounding', () => {
    const rates = [rate('R1', '0.0001', NOW)];
    expect(priceOf({}, [line('A')], { currency: 'JPY', rates })).toMatchObject({ priceMinor: 1n });
  });

  it('is refused without a price and a rate, with the products', () => {
    const priceLists = [list('L', 1400n, { currency: 'JPY' })];
    const lines = [line('C'), line('A'), line('B')];
    expect(price({ priceLists }, lines, { currency: 'JPY' })).toEqual({
      ok: false,
      code: 'CURRENCY_MISMATCH',
      productIds: ['B', 'C'],
    });
  });
});

describe('a request beyond all measure', () => {
  it('is refused', () => {
    const dear = line('A', { baseMinor: 10n ** 15n, qty: 2 });
    expect(price({}, [dear])).toEqual({ ok: false, code: 'AMOUNT_TOO_LARGE' });
  });
});
