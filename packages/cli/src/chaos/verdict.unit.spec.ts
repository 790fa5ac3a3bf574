import { describe, expect, it } from 'vitest';
import { outcomeOf, tooFew } from './verdict.ts';

const broken = { rule: 'oversell', subject: 'A', what: '11 sold of 10' };

describe('verdict', () => {
  it('is void where too little happened', () => {
    const missing = tooFew({ order: 2, relay: 0 }, { order: 2, relay: 1, 'acknowledged orders': 10 });
    expect(missing).toEqual([
      'relay: 0, at least 1 are needed',
      'acknowledged orders: 0, at least 10 are needed',
    ]);
    expect(outcomeOf([], missing)).toBe('void');
  });

  it('is a violation however little happened', () => {
    expect(outcomeOf([broken], ['relay: 0, at least 1 are needed'])).toBe('violated');
  });

  it('is ok where enough happened and nothing broke', () => {
    expect(outcomeOf([], [])).toBe('ok');
  });
});
