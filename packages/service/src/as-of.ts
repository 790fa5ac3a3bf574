import { DomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';

/** The query parameter of reads that can be asked for the past. */
export const asOf = z.iso.datetime({ offset: true }).optional().meta({
  description:
    'How it was at this time (RFC 3339, to the millisecond): what had happened by then, and no more',
  example: '2026-11-21T06:41:03.558Z',
});

/**
 * The first moment that no longer counts. Events tell their time in milliseconds and tables in microseconds: all of what
 * an event of that millisecond did belongs to it.
 * @throws DomainError AS_OF_IN_FUTURE
 */
export function endOfPast(time: string, now = Date.now()): Date {
  const at = Date.parse(time);
  if (at > now) {
    const message = 'asOf is in the future';
    throw new DomainError('AS_OF_IN_FUTURE', 'invalid', message, {
      details: { errors: [{ path: 'querystring.asOf', message }] },
    });
  }
  // Nothing here is older, and databases know no year that is too far back.
  return new Date(Math.max(at, 0) + 1);
}
