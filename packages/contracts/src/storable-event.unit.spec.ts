import { describe, expect, it } from 'vitest';
import { isStorable } from './storable-event.ts';
import { orderCreated, stockAdjusted } from './sample-events.fixture.ts';

describe('what an event holds', () => {
  it('can be stored where one of ours wrote it', () => {
    expect(isStorable(orderCreated())).toBe(true);
    expect(isStorable(stockAdjusted())).toBe(true);
    expect(isStorable([new Date('0001-01-01T00:00:00Z'), new Date('9999-12-31T23:59:59.999Z')])).toBe(true);
  });

  it.each([
    ['text with a zero character', { reason: 'a\0b' }],
    ['a key with one', { attributes: { 'a\0': 'b' } }],
    ['no time at all', { at: new Date(NaN) }],
    ['a time before the first year', { at: new Date('-000001-01-01T00:00:00Z') }],
    ['a time after the last one', { at: new Date('+010000-01-01T00:00:00Z') }],
    ['an amount of more digits than ours', { items: [{ price: 10n ** 21n }] }],
  ])('cannot where it is %s', (_, value) => expect(isStorable(value)).toBe(false));
});
