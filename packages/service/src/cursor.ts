import { DomainError } from '@tradewind/kernel/errors.ts';
import type { z } from 'zod';

/** An opaque list cursor: where the next page begins. */
export const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws DomainError CURSOR_INVALID */
export function decodeCursor<S extends z.ZodType>(cursor: string, position: S): z.infer<S> {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    const message = 'the cursor is not one of this list';
    throw new DomainError('CURSOR_INVALID', 'invalid', message, {
      cause,
      details: { errors: [{ path: 'querystring.cursor', message }] },
    });
  }
}
