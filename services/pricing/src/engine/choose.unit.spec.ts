import { describe, expect, it } from 'vitest';
import { discountCode, HOUR, line, NOW, promotion, resolved, totals } from './engine.fixture.ts';
import type { Promotion, RuleSet } from './rules.ts';

const [a, b] = [line('A'), line('B')];
const exclusive = (id: string, given: Partial<Promotion> = {}) =>
  promotion(id, { stackable: false, effect: { type: 'PERCENTAGE', basisPoints: 2000 }, ...given });

describe('promotions together', () => {
  it('stack, each on what the one before left', () => {
    const promotions = [promotion('P1'), promotion('P2')];
    expect(resolved({ promotions }, [a])).toMatchObject({ totalMinor: 810n, discountMinor: 190n });
  });

  it('apply those of lines first, then those of the order, then codes', () => {
    const ofOrder = promotion('O', { priority: 5, effect: { type: 'FIXED', amountMinor: 100n } });
    const ofLine = promotion('L', {
      conditions: { productIds: ['A'] },
      effect: { type: 'PERCENTAGE', basisPoints: 5000 },
    });
    const codes = [discountCode('TENTH', { effect: { type: 'PERCENTAGE', basisPoints: 1000 }, priority: 9 })];
    const resolution = resolved({ promotions: [ofOrder, ofLine], codes }, [a], { codes: ['TENTH'] });
    expect(resolution.lines[0]?.rules).toEqual([
      { kind: 'PROMOTION', ruleId: 'L', name: 'Promotion L', amountMinor: 500n },
    ]);
    expect(resolution.orderRules).toEqual([
      { kind: 'PROMOTION', ruleId: 'O', name: 'Promotion O', amountMinor: 100n },
      { kind: 'CODE', ruleId: 'ID-TENTH', name: 'TENTH', amountMinor: 40n },
    ]);
    expect(resolution.totalMinor).toBe(360n);
  });

  it('an exclusive one of higher priority is alone', () => {
    const resolution = resolved({ promotions: [promotion('P'), exclusive('X', { priority: 1 })] }, [a]);
    expect(resolution.orderRules.map(({ ruleId }) => ruleId)).toEqual(['X']);
  });

  it('an exclusive one of lower priority stays away', () => {
    const resolution = resolved({ promotions: [promotion('P', { priority: 1 }), exclusive('X')] }, [a]);
    expect(resolution.orderRules.map(({ ruleId }) => ruleId)).toEqual(['P']);
  });

  it('an exclusive one is alone on its lines only', () => {
    const promotions = [promotion('P'), exclusive('X', { priority: 1, conditions: { productIds: ['B'] } })];
    expect(totals(resolved({ promotions }, [a, b]))).toEqual([900n, 800n]);
  });

  it('an exclusive one that gives nothing keeps nobody away', () => {
    const effect = { type: 'BUY_X_GET_Y', buy: 2, get: 1 } as const;
    const promotions = [promotion('P'), exclusive('X', { priority: 1, effect })];
    expect(resolved({ promotions }, [a]).totalMinor).toBe(900n);
    expect(resolved({ promotions }, [{ ...a, qty: 3 }]).totalMinor).toBe(2000n);
  });

  it('one for which too little is left stays away', () => {
    const taken = exclusive('X', { priority: 1, conditions: { productIds: ['B'] } });
    const three = promotion('P', { effect: { type: 'BUY_X_GET_Y', buy: 1, get: 1 }, stackable: false });
    const next = promotion('Q', { priority: -1 });
    expect(totals(resolved({ promotions: [taken, three, next] }, [a, b]))).toEqual([900n, 800n]);
  });

  it('equal ones choose by id', () => {
    const promotions = [exclusive('X2'), exclusive('X1')];
    expect(resolved({ promotions }, [a]).orderRules.map(({ ruleId }) => ruleId)).toEqual(['X1']);
  });

  it('one that excludes another goes not with it, whichever says so', () => {
    const first = promotion('P1', { priority: 1 });
    const others = [promotion('P2', { excludes: ['P1'] }), promotion('P3')];
    expect(resolved({ promotions: [first, ...others] }, [a]).totalMinor).toBe(810n);
    const excluding = { ...first, excludes: ['P2', 'P3'] };
    expect(resolved({ promotions: [excluding, ...others] }, [a]).totalMinor).toBe(900n);
  });
});

describe('a code', () => {
  const refused = (ruleSet: Partial<RuleSet>, codes: string[], currency = 'USD') =>
    resolved(ruleSet, [{ ...a, currency }], { codes, currency }).refusedCodes;

  it('is taken off once, however often it is given', () => {
    const resolution = resolved({ codes: [discountCode('FIVE')] }, [a], { codes: ['FIVE', 'FIVE'] });
    expect(resolution).toMatchObject({ totalMinor: 500n, refusedCodes: [] });
  });

  it.each([
    ['UNKNOWN_CODE', 'NONE', {}],
    ['NOT_STARTED', 'FIVE', { startsAt: NOW + 1 }],
    ['ENDED', 'FIVE', { startsAt: NOW - HOUR, endsAt: NOW }],
    ['CURRENCY_MISMATCH', 'FIVE', { currency: 'EUR' }],
    ['CONDITIONS_NOT_MET', 'FIVE', { conditions: { minQty: 2 } }],
    ['NO_EFFECT', 'FIVE', { effect: { type: 'FIXED', amountMinor: 0n } }],
  ] as const)('is refused: %s', (reason, code, given) => {
    expect(refused({ codes: [discountCode('FIVE', given)] }, [code])).toEqual([{ code, reason }]);
  });

  it('is refused where an exclusive promotion came first', () => {
    const ruleSet = { codes: [discountCode('FIVE')], promotions: [exclusive('X')] };
    expect(refused(ruleSet, ['FIVE'])).toEqual([{ code: 'FIVE', reason: 'NOT_COMBINABLE' }]);
  });

  it('that is exclusive and comes first keeps promotions away', () => {
    const code = discountCode('FIVE', { stackable: false, priority: 1 });
    expect(resolved({ codes: [code], promotions: [promotion('P')] }, [a], { codes: ['FIVE'] })).toMatchObject(
      {
        totalMinor: 500n,
        refusedCodes: [],
      },
    );
  });

  it('of which nothing is left is refused, and its lines are given back', () => {
    const all = discountCode('ALL', {
      effect: { type: 'FIXED', amountMinor: 0n },
      stackable: false,
      priority: 1,
    });
    const ruleSet = { codes: [all], promotions: [promotion('P')] };
    expect(resolved(ruleSet, [a], { codes: ['ALL'] })).toMatchObject({
      totalMinor: 900n,
      refusedCodes: [{ code: 'ALL', reason: 'NO_EFFECT' }],
    });
  });

  it('in percent needs no currency', () => {
    const code = discountCode('TENTH', {
      currency: undefined,
      effect: { type: 'PERCENTAGE', basisPoints: 1000 },
    });
    expect(refused({ codes: [code] }, ['TENTH'], 'JPY')).toEqual([]);
  });

  it('can be what a promotion asks for', () => {
    const promotions = [promotion('P', { conditions: { codes: ['SPRING'], productIds: ['A'] } })];
    expect(resolved({ promotions }, [a]).totalMinor).toBe(1000n);
    expect(resolved({ promotions }, [a], { codes: ['SPRING'] })).toMatchObject({
      totalMinor: 900n,
      refusedCodes: [],
    });
    expect(resolved({ promotions }, [b], { codes: ['SPRING'] }).refusedCodes).toEqual([
      { code: 'SPRING', reason: 'CONDITIONS_NOT_MET' },
    ]);
  });
});
