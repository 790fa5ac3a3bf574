import { describe, expect, it } from 'vitest';
import { HOUR, line, listOf, NOW, resolved, saleOf } from './engine.fixture.ts';
import type { PriceList } from './rules.ts';

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
    expect(priceOf({ priceLists: [listOf('L', 800n)] }, [line('A', { qty: 2 })])).toMatchObject({
      listMinor: 1000n,
      priceMinor: 800n,
      totalMinor: 1600n,
      rules: [{ ...rule, amountMinor: 400n }],
    });
    expect(priceOf({ priceLists: [listOf('L', 1100n)] }, [line('A')])).toMatchObject({
      priceMinor: 1100n,
      rules: [{ ...rule, amountMinor: 0n }],
    });
  });

  it('follows the tier that all lines of the product reach together', () => {
    const tiers = [
      { minQty: 1, unitMinor: 900n },
      { minQty: 10, unitMinor: 700n },
    ];
    const priceLists = [listOf('L', 0n, { prices: new Map([['A', tiers]]) })];
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
    const priceLists = [listOf('L', 0n, { prices: new Map([['A', [{ minQty: 5, unitMinor: 700n }]]]) })];
    expect(priceOf({ priceLists }, [line('A', { qty: 4 })])).toMatchObject({ priceMinor: 1000n, rules: [] });
  });

  it('takes the list of the highest priority, then of the segment, then the first by id', () => {
    const general = listOf('L1', 900n);
    const vip = listOf('L2', 950n, { segment: 'VIP' });
    const first = listOf('L3', 970n, { priority: 1 });
    const priceMinor = (priceLists: PriceList[], segment?: string) =>
      priceOf({ priceLists }, [line('A')], { segment })?.priceMinor;
    expect(priceMinor([general, vip, first], 'VIP')).toBe(970n);
    expect(priceMinor([general, vip], 'VIP')).toBe(950n);
    expect(priceMinor([general, vip], 'NEW')).toBe(900n);
    expect(priceMinor([listOf('L0', 910n), general])).toBe(910n);
  });

  it('is the lower one of list and flash sale', () => {
    const priceLists = [listOf('L', 800n)];
    expect(priceOf({ priceLists, flashSales: [saleOf('F', 750n)] }, [line('A')])).toMatchObject({
      priceMinor: 750n,
      rules: [{ kind: 'FLASH_SALE', ruleId: 'F', name: 'Sale F', amountMinor: 250n }],
    });
    expect(priceOf({ priceLists, flashSales: [saleOf('F', 850n)] }, [line('A')])).toMatchObject({
      priceMinor: 800n,
      rules: [{ kind: 'PRICE_LIST' }],
    });
  });

  it('takes a percentage of a flash sale off the list price', () => {
    const flashSales = [saleOf('F', 3333)];
    expect(priceOf({ flashSales }, [line('A', { baseMinor: 999n })])).toMatchObject({ priceMinor: 666n });
    const priceLists = [listOf('L', 700n)];
    expect(priceOf({ priceLists, flashSales }, [line('A')])).toMatchObject({ priceMinor: 667n });
  });

  it('takes the lowest of several sales and says until when it holds', () => {
    const flashSales = [
      saleOf('F1', 700n, { endsAt: NOW + 2 * HOUR }),
      saleOf('F2', 600n, { endsAt: NOW + HOUR }),
    ];
    const resolution = resolved({ flashSales }, [line('A'), line('B')]);
    expect(resolution.lines[0]).toMatchObject({ priceMinor: 600n, rules: [{ ruleId: 'F2' }] });
    expect(resolution.validUntil).toBe(NOW + HOUR);
  });

  it('honours a window from its start on, up to but not at its end', () => {
    const flashSales = [saleOf('F', 500n, { startsAt: NOW, endsAt: NOW + HOUR })];
    const priceMinor = (now: number) => priceOf({ flashSales }, [line('A')], { now })?.priceMinor;
    expect(priceMinor(NOW - 1)).toBe(1000n);
    expect(priceMinor(NOW)).toBe(500n);
    expect(priceMinor(NOW + HOUR - 1)).toBe(500n);
    expect(priceMinor(NOW + HOUR)).toBe(1000n);
  });
});
