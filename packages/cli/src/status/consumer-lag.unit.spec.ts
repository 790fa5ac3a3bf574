import { describe, expect, it } from 'vitest';
import { isAbandoned, ownerOf, partitionLag } from '#status/consumer-lag.ts';

describe('ownerOf', () => {
  it.each([
    ['order.on-payment-captured', 'order'],
    ['order', 'order'],
    ['payment-adapter.refunds', 'payment-adapter'],
    ['orders.x', undefined],
  ])('%s belongs to %s', (group, owner) => {
    expect(ownerOf(group, ['order', 'payment', 'payment-adapter'])).toBe(owner);
  });
});

describe('partitionLag', () => {
  it('counts from the committed position', () => expect(partitionLag(7n, 0n, 10n)).toBe(3n));
  it('counts all that is kept where nothing was committed', () =>
    expect(partitionLag(-1n, 4n, 10n)).toBe(6n));
  it('counts what is left where older messages were deleted', () =>
    expect(partitionLag(2n, 8n, 10n)).toBe(2n));
  it('is never negative', () => expect(partitionLag(12n, 0n, 10n)).toBe(0n));
});

describe('isAbandoned', () => {
  it('is an empty group of a running process', () => expect(isAbandoned(0, true)).toBe(true));
  it('is not the group of a process that is down', () => expect(isAbandoned(0, false)).toBe(false));
  it('is not a group with members', () => expect(isAbandoned(1, true)).toBe(false));
});
