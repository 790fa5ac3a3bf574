import { describe, expect, it } from 'vitest';
import { line, promotion, resolved, totals } from './engine.fixture.ts';
import type { Conditions } from './rules.ts';

const shoe = line('SHOE', { categoryIds: ['shoes', 'new'], baseMinor: 8000n });
const sock = line('SOCK', { categoryIds: ['socks'], baseMinor: 500n, qty: 4 });
const hat = line('HAT', { categoryIds: ['hats', 'new'], baseMinor: 2000n });

/** The products that a tenth is taken off where these conditions stand. */
const lowered = (conditions: Conditions, lines = [shoe, sock, hat], segment?: string) =>
  resolved({ promotions: [promotion('P', { conditions })] }, lines, { segment, codes: [] })
    .lines.filter(({ priceMinor, qty, totalMinor }) => totalMinor < priceMinor * BigInt(qty))
    .map(({ productId }) => productId);

const ALL = ['SHOE', 'SOCK', 'HAT'];

describe('conditions', () => {
  it('that are none hold for every line', () => {
    expect(lowered({})).toEqual(ALL);
  });

  it('name products or categories', () => {
    expect(lowered({ productIds: ['SOCK', 'GLOVE'] })).toEqual(['SOCK']);
    expect(lowered({ categoryIds: ['new'] })).toEqual(['SHOE', 'HAT']);
    expect(lowered({ productIds: ['SOCK', 'HAT'], categoryIds: ['new'] })).toEqual(['HAT']);
    expect(lowered({ productIds: ['GLOVE'] })).toEqual([]);
  });

  it('count pieces and amounts of the lines that they describe', () => {
    expect(lowered({ categoryIds: ['socks'], minQty: 4 })).toEqual(['SOCK']);
    expect(lowered({ categoryIds: ['socks'], minQty: 5 })).toEqual([]);
    expect(lowered({ minQty: 6 })).toEqual(ALL);
    expect(lowered({ minSubtotalMinor: 12_000n })).toEqual(ALL);
    expect(lowered({ minSubtotalMinor: 12_001n })).toEqual([]);
    expect(lowered({ categoryIds: ['new'], minSubtotalMinor: 10_001n })).toEqual([]);
  });

  it('ask for a segment', () => {
    expect(lowered({ segment: 'VIP' }, undefined, 'VIP')).toEqual(ALL);
    expect(lowered({ segment: 'VIP' }, undefined, 'NEW')).toEqual([]);
    expect(lowered({ segment: 'VIP' })).toEqual([]);
  });

  it('all: each must be there, and the lines of all of them count', () => {
    const all = [{ categoryIds: ['shoes'] }, { categoryIds: ['socks'], minQty: 2 }];
    expect(lowered({ all })).toEqual(['SHOE', 'SOCK']);
    expect(lowered({ all }, [shoe, hat])).toEqual([]);
    expect(lowered({ all: [{ productIds: ['HAT'] }, { minSubtotalMinor: 10_000n }] })).toEqual(['HAT']);
  });

  it('any: one must be there, and the lines of those that are count', () => {
    const any = [{ categoryIds: ['shoes'] }, { categoryIds: ['socks'], minQty: 5 }];
    expect(lowered({ any })).toEqual(['SHOE']);
    expect(lowered({ any }, [sock, hat])).toEqual([]);
    expect(lowered({ any: [{ productIds: ['HAT'] }, { minSubtotalMinor: 1000n }] })).toEqual(ALL);
  });

  it('inside others look at what the outer ones describe', () => {
    expect(lowered({ categoryIds: ['new'], any: [{ minQty: 3 }, { productIds: ['SOCK'] }] })).toEqual([]);
    expect(lowered({ categoryIds: ['new'], all: [{ any: [{ minQty: 2 }] }] })).toEqual(['SHOE', 'HAT']);
  });

  it('look at prices before promotions, whatever comes first', () => {
    const half = promotion('HALF', { priority: 9, effect: { type: 'PERCENTAGE', basisPoints: 5000 } });
    const from = promotion('FROM', { conditions: { minSubtotalMinor: 8000n } });
    expect(totals(resolved({ promotions: [half, from] }, [shoe]))).toEqual([3600n]);
  });
});
