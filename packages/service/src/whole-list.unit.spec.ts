import { describe, expect, it } from 'vitest';
import { encodeCursor } from './cursor.ts';
import { cutList, wholeListQuery } from './whole-list.ts';

const list = ['a', 'b', 'c', 'd', 'e'];

describe('a list that is read as a whole', () => {
  it('is shown as a whole unless a page is asked for', () => {
    expect(cutList(list, {})).toEqual({ items: list, nextCursor: null });
    expect(cutList([], { limit: 1 })).toEqual({ items: [], nextCursor: null });
  });

  it.each([1, 2, 4, 5, 100])('is found again in its pages of %i', (limit) => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = cutList(list, { limit, cursor });
      pages.push(items);
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages.flat()).toEqual(list);
    expect(pages).toHaveLength(Math.ceil(list.length / limit));
  });

  it('ends with the page of a cursor without a limit, or beyond its end', () => {
    expect(cutList(list, { cursor: encodeCursor(3) })).toEqual({ items: ['d', 'e'], nextCursor: null });
    expect(cutList(list, { cursor: encodeCursor(9), limit: 2 })).toEqual({ items: [], nextCursor: null });
  });

  it.each(['nonsense', encodeCursor('a'), encodeCursor(-1), encodeCursor(1.5)])(
    'refuses a cursor that is none of it: %s',
    (cursor) =>
      expect(() => cutList(list, { cursor })).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' })),
  );

  it.each(['0', '101', '1.5', 'x', ''])('takes no limit of %o', (limit) =>
    expect(wholeListQuery.safeParse({ limit }).success).toBe(false),
  );
});
