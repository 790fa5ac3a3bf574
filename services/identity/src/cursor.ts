import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { z } from 'zod';

/** Lists go by id, which rises with time. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** The id after which a page starts. */
export const afterOf = (cursor: string | undefined): string =>
  cursor === undefined ? '' : decodeCursor(cursor, z.string());

/** A page from rows of which one more was read than shown. */
export function page<T>(rows: readonly T[], limit: number, idOf: (row: T) => string) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? encodeCursor(idOf(last)) : null };
}
