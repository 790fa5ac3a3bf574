import { isCurrency } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import { analyticsError } from '#errors.ts';
import { DAY_MS, startOf, type WindowSize, windowSizes } from '#windows/window.ts';

/** Parts of the requests that clients send. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(100),
  cursor: z.string().min(1).max(1_000).optional(),
});

const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .refine((text) => Date.parse(text) >= 0, 'a time since 1970')
  .meta({ description: 'a time, or a date of UTC, all of which counts' });

export const rangeQuery = z.object({
  from: instant.optional().meta({ example: '2026-11-20T00:00:00Z' }),
  to: instant.optional().meta({ example: '2026-11-21' }),
});
export const windowQuery = z.enum(windowSizes).meta({ description: 'length of the windows' });
export const currencyQuery = z
  .string()
  .refine(isCurrency, 'no currency of ISO 4217')
  .meta({ example: 'USD', description: 'only this one' });
export const day = z.iso.date().refine((text) => Date.parse(text) >= 0, 'a date since 1970');

export interface Range {
  /** Begin of the first window, epoch ms; undefined = from the first one there is. */
  readonly from: number | undefined;
  /** Windows that begin before this. */
  readonly to: number | undefined;
}

/**
 * The windows that a range touches.
 * @throws DomainError RANGE_INVALID
 */
export function rangeOf(query: z.infer<typeof rangeQuery>, size: WindowSize): Range {
  const from = query.from === undefined ? undefined : Date.parse(query.from);
  const to = query.to === undefined ? undefined : endOf(query.to);
  if (from !== undefined && to !== undefined && Date.parse(query.to!) < from)
    throw analyticsError('RANGE_INVALID');
  return { from: from === undefined ? undefined : startOf(size, from), to };
}

/** A time is its own end; a date ends with its day. */
const endOf = (text: string): number => Date.parse(text) + (text.includes('T') ? 0 : DAY_MS);

export const reading = { access: ['MERCHANT', 'ADMIN'], permission: 'analytics:read' } as const;

/** How fresh an answer is. */
export const freshness = {
  asOf: z.iso.datetime().meta({ description: 'when the answer was read' }),
  watermark: z.iso.datetime().nullable().meta({
    description: 'everything published that occurred before has been counted; null while that is not known',
  }),
};

export interface Fresh {
  readonly asOf: string;
  readonly watermark: string | null;
}
