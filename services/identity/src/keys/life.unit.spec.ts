import { describe, expect, it } from 'vitest';
import { decideRotation, forgettable, JWKS_MAX_AGE_SECONDS, type KeyState, type SigningKey } from './life.ts';

const start = Date.UTC(2030, 0, 1);
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const key = (kid: string, state: KeyState, created: number, retired?: number): SigningKey => ({
  kid,
  state,
  createdAt: at(created),
  activatedAt: state === 'NEXT' ? null : at(created),
  retiredAt: retired === undefined ? null : at(retired),
});
const ring = [key('n', 'NEXT', 0), key('a', 'ACTIVE', 0), key('r', 'RETIRED', -100, 0)];
const day = 86_400;
const maxAgeMs = 30 * day * 1000;

describe('rotation', () => {
  it('when asked retires the active key and activates the next one', () => {
    expect(decideRotation(ring, { reason: 'asked', now: at(60), maxAgeMs })).toEqual({
      type: 'rotate',
      retire: 'a',
      activate: 'n',
    });
  });

  it('when asked waits until every verifier can know the next key', () => {
    const now = at(JWKS_MAX_AGE_SECONDS - 2);
    expect(decideRotation(ring, { reason: 'asked', now, maxAgeMs })).toEqual({
      type: 'too-early',
      seconds: 2,
    });
    expect(decideRotation(ring, { reason: 'asked', now: at(JWKS_MAX_AGE_SECONDS), maxAgeMs }).type).toBe(
      'rotate',
    );
  });

  it('by age waits for the age', () => {
    expect(decideRotation(ring, { reason: 'age', now: at(30 * day - 1), maxAgeMs })).toEqual({
      type: 'none',
    });
    expect(decideRotation(ring, { reason: 'age', now: at(30 * day), maxAgeMs }).type).toBe('rotate');
  });

  it('does nothing without a complete ring', () => {
    expect(decideRotation([], { reason: 'asked', now: at(60), maxAgeMs })).toEqual({ type: 'none' });
    const active = [key('a', 'ACTIVE', 0)];
    expect(decideRotation(active, { reason: 'asked', now: at(60), maxAgeMs })).toEqual({ type: 'none' });
  });
});

describe('retired keys', () => {
  it('are kept as long as a token signed by them may live, and a while longer', () => {
    expect(forgettable(ring, at(day))).toEqual([]);
    expect(forgettable(ring, at(day + 600))).toEqual([]);
    expect(forgettable(ring, at(day + 601))).toEqual(['r']);
  });

  it('are the only ones that are forgotten', () => {
    expect(forgettable(ring, at(1000 * day))).toEqual(['r']);
  });
});
