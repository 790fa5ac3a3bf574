import { describe, expect, it } from 'vitest';
import { HOUR, line, listOf, NOW, price, resolved, saleOf } from './engine.fixture.ts';

const priceOf = (...given: Parameters<typeof resolved>) => resolved(...given).lines[0];

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
    const priceLists = [listOf('L', 1400n, { currency: 'JPY' })];
    expect(priceOf({ priceLists }, [line('A')], { currency: 'JPY' })).toMatchObject({
      listMinor: 1400n,
      priceMinor: 1400n,
      rules: [{ kind: 'PRICE_LIST' }],
    });
  });

  it('converts the amount of a flash sale', () => {
    const rates = [rate('R1', '150', NOW)];
    const line1 = priceOf({ flashSales: [saleOf('F', 500n)] }, [line('A')], { currency: 'JPY', rates });
    expect(line1).toMatchObject({ listMinor: 1500n, priceMinor: 750n });
    expect(line1?.rules.map(({ kind }) => kind)).toEqual(['CURRENCY_RATE', 'FLASH_SALE']);
  });

  it('gives nothing away by rounding', () => {
    const rates = [rate('R1', '0.0001', NOW)];
    expect(priceOf({}, [line('A')], { currency: 'JPY', rates })).toMatchObject({ priceMinor: 1n });
  });

  it('is refused without a price and a rate, with the products', () => {
    const priceLists = [listOf('L', 1400n, { currency: 'JPY' })];
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
