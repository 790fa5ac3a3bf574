import { z } from 'zod';
import { productError } from '#errors.ts';

/** Where a page ended: the list's order, and the last row's place in it. */
export interface Place {
  readonly sort: string;
  readonly value: string;
  readonly id: string;
}

const place = z.tuple([z.string(), z.string(), z.string()]);

export function encodeCursor({ sort, value, id }: Place): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

/** @throws DomainError INVALID_CURSOR, also for a cursor of another order */
export function decodeCursor(cursor: string, sort: string, valid: (value: string) => boolean): Place {
  try {
    const [of, value, id] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (of === sort && valid(value)) return { sort, value, id };
  } catch (cause) {
    throw productError('INVALID_CURSOR', { cause });
  }
  throw productError('INVALID_CURSOR');
}
