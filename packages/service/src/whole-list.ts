import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** What every list can be asked for. */
export const wholeListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).optional().meta({ description: 'All of them unless said.' }),
  cursor: z.string().min(1).max(200).optional(),
});

export const wholeListOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/**
 * A page of a list that is short by its nature and read as a whole, such as the parts of one order. A cursor is the place
 * in it where the page begins, so the list must have an order that lasts. Pure.
 * @throws DomainError CURSOR_INVALID
 */
export function cutList<Item>(
  list: readonly Item[],
  { limit = list.length, cursor }: z.infer<typeof wholeListQuery>,
): { items: Item[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : decodeCursor(cursor, z.int().min(1));
  const end = start + limit;
  return { items: list.slice(start, end), nextCursor: end < list.length ? encodeCursor(end) : null };
}
