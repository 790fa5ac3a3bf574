import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { basisPoints, cart, effect } from './arbitraries.fixture.ts';
import type { Effect } from './effect-types.ts';
import { promotion, resolved } from './engine.fixture.ts';
import type { RequestLine } from './request.ts';

describe('a single promotion', () => {
  const off = (effect: Effect, lines: RequestLine[]) =>
    resolved({ promotions: [promotion('P', { effect })] }, lines);

  it.prop([cart, basisPoints])(
    'of a percentage stays within half a minor unit of its rate',
    (lines, basisPoints) => {
      const { discountMinor, totalMinor } = off({ type: 'PERCENTAGE', basisPoints }, lines);
      const exact = (totalMinor + discountMinor) * BigInt(basisPoints);
      const apart = discountMinor * 10_000n - exact;
      expect(apart).toBeLessThanOrEqual(5_000n);
      expect(apart).toBeGreaterThan(-5_000n);
    },
  );

  it.prop([cart, effect, fc.nat(), fc.bigInt({ min: 1n, max: 5000n })])(
    'never makes a dearer cart the cheaper one',
    (lines, effect, at, more) => {
      // A tier by amount is meant to: who reaches it pays less.
      fc.pre(effect.type !== 'TIERED' || effect.measure === 'QTY');
      const dearer = lines[at % lines.length]?.productId;
      const raised = lines.map((each) =>
        each.productId === dearer ? { ...each, baseMinor: each.baseMinor + more } : each,
      );
      expect(off(effect, raised).totalMinor).toBeGreaterThanOrEqual(off(effect, lines).totalMinor);
    },
  );
});
