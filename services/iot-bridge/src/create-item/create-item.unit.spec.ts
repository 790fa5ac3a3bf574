import { describe, expect, it } from 'vitest';
import { createItem } from './decide.ts';

const command = {
  itemId: 'ITEM-1',
  code: 'FIRST',
  name: 'The first one',
  now: new Date('2026-01-15T09:30:00Z'),
};

describe('creating an item', () => {
  it('starts it at version 1', () => {
    const { now, ...given } = command;
    expect(createItem(undefined, command)).toEqual({ ...given, version: 1, createdAt: now });
  });

  it('is refused where the code is taken', () => {
    const first = createItem(undefined, command);
    expect(() => createItem(first, { ...command, itemId: 'ITEM-2' })).toThrow(
      expect.objectContaining({ code: 'CODE_TAKEN', details: { itemId: 'ITEM-1' } }),
    );
  });
});
