import { describe, expect, it } from 'vitest';
import { createParkedKeys } from './parked-keys.ts';

const nothing = async () => undefined;

describe('parked keys', () => {
  it('knows what it parked and what the table says', async () => {
    const keys = createParkedKeys();
    await keys.park('a', nothing);
    await keys.refresh(async () => new Set(['a', 'b']));
    expect([keys.has('a'), keys.has('b'), keys.has('c')]).toEqual([true, true, false]);
  });

  it('forgets a key that is free', async () => {
    const keys = createParkedKeys();
    await keys.park('a', nothing);
    await keys.refresh(async () => new Set());
    expect(keys.has('a')).toBe(false);
  });

  it('keeps a key of which an event was parked after the table was asked', async () => {
    const keys = createParkedKeys();
    await keys.park('a', nothing);
    await keys.refresh(async () => {
      await keys.park('a', nothing);
      return new Set();
    });
    expect(keys.has('a')).toBe(true);
  });

  it('keeps a key of which an event is being parked', async () => {
    const keys = createParkedKeys();
    const stored = Promise.withResolvers<void>();
    const parking = keys.park('a', () => stored.promise);
    await keys.refresh(async () => new Set());
    expect(keys.has('a')).toBe(true);
    stored.resolve();
    await parking;
  });

  it('leaves a key waiting when its event could not be stored: the batch comes again', async () => {
    const keys = createParkedKeys();
    await expect(keys.park('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(keys.has('a')).toBe(true);
  });
});
