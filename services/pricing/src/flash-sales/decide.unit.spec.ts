import { describe, expect, it } from 'vitest';
import { carryOn, changeSale, createSale, type Decision, endSale, type SaleTerms } from './decide.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 27, 8, minute));
const terms: SaleTerms = {
  ...{ name: 'Friday', productIds: ['P1', 'P2'], price: { basisPoints: 2_500 } },
  ...{ startsAt: at(10), endsAt: at(20) },
};
const listPrices = [
  { productId: 'P1', price: 999n, currency: 'USD' },
  { productId: 'P2', price: 100n, currency: 'JPY' },
];
const moment = (minute: number, by = 'ADMIN-1') => ({ now: at(minute), listPrices, by });
const told = ({ events }: Decision): string[] => events.map(({ type }) => type.split('.')[3] ?? '');
const announced = createSale('S1', terms, moment(0)).sale;
const running = carryOn(announced, moment(10)).sale;

describe('a flash sale', () => {
  it('is announced without an event, and begins at its time with its prices', () => {
    expect(announced).toMatchObject({ status: 'SCHEDULED', version: 1, events: 0 });
    expect(carryOn(announced, moment(9)).sale).toBe(announced);
    const begun = carryOn(announced, moment(10));
    expect(begun.sale).toMatchObject({ status: 'ACTIVE', version: 2, events: 1 });
    expect(begun.events[0]?.payload).toMatchObject({
      saleId: 'S1',
      prices: [
        { productId: 'P1', listPrice: 99_900n, price: 74_900n },
        { productId: 'P2', listPrice: 1_000_000n, price: 750_000n },
      ],
      discountBasisPoints: 2_500,
      setBy: 'ADMIN-1',
    });
  });

  it('begins in the name of who said its terms last', () => {
    const longer = changeSale(announced, { ...terms, endsAt: at(30) }, moment(5, 'ADMIN-2')).sale;
    expect(carryOn(longer, moment(10)).events[0]?.payload).toMatchObject({
      setBy: 'ADMIN-2',
      endsAt: at(30),
    });
  });

  it('begins at once where its time has come', () => {
    const made = createSale('S1', terms, moment(15));
    expect([made.sale.status, made.sale.version, told(made)]).toEqual(['ACTIVE', 1, ['started']]);
  });

  it('ends at its time, once', () => {
    const over = carryOn(running, moment(20));
    expect([over.sale.status, over.sale.endedAt, told(over)]).toEqual(['ENDED', at(20), ['ended']]);
    expect(told(carryOn(over.sale, moment(30)))).toEqual([]);
  });

  it('that was slept through is told as begun and ended', () => {
    const over = carryOn(announced, moment(40));
    expect([over.sale.status, over.sale.events, told(over)]).toEqual(['ENDED', 2, ['started', 'ended']]);
  });

  it('is ended by hand now; one that waits ends without an event', () => {
    const over = endSale(running, { now: at(12), by: null });
    expect(over.events[0]?.payload).toMatchObject({ reason: 'DELETED', endedAt: at(12) });
    expect(told(endSale(over.sale, { now: at(13), by: null }))).toEqual([]);
    expect(endSale(announced, { now: at(5), by: null })).toMatchObject({
      sale: { status: 'ENDED' },
      events: [],
    });
  });

  it('that runs is changed with an event; its start stays', () => {
    const cheaper = { ...terms, price: { unitMinor: 500n, currency: 'USD' } };
    const changed = changeSale(running, cheaper, moment(12));
    expect(told(changed)).toEqual(['changed']);
    // A product that is sold in another currency has no price in it.
    expect(changed.events[0]?.payload).toMatchObject({ prices: [{ productId: 'P1', price: 50_000n }] });
    const moved = { ...terms, startsAt: at(11) };
    expect(() => changeSale(running, moved, moment(12))).toThrow(
      expect.objectContaining({ code: 'FLASH_SALE_STARTED' }),
    );
    const over = endSale(running, { now: at(12), by: null }).sale;
    expect(() => changeSale(over, terms, moment(13))).toThrow(
      expect.objectContaining({ code: 'FLASH_SALE_ENDED' }),
    );
  });
});
