import { isCurrency } from '@tradewind/kernel/money.ts';
import { z } from 'zod';

/** Parts of the bodies that clients send. */
export const id = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
export const currency = z.string().refine(isCurrency, 'not an ISO 4217 currency');
export const segment = z.string().regex(/^[\w.-]{1,50}$/, 'letters, digits, dot, dash and underscore');
export const code = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/, 'letters, digits, dash and underscore, at most 50');
export const name = z.string().trim().min(1).max(200);
export const amount = z
  .union([z.string().max(24), z.number()])
  .meta({ description: 'decimal string, or a number that is exact in the currency' });
export const percent = z
  .union([z.string().max(10), z.number()])
  .meta({ description: 'from 0 to 100, with two decimals at most' });
export const instant = z.iso.datetime({ offset: true });
export const priority = z.int().min(-1_000_000).max(1_000_000);
export const stackable = z.boolean().meta({
  description: [
    'true unless said: joins other rules on a line, each takes its part of what the ones before it have left.',
    'false: exclusive. It takes only lines that no rule has taken by then, and no later rule gets them; lines that it does not',
    'concern keep their offers. An exclusive rule without productIds or categoryIds concerns every line.',
    'Example: by priority, an exclusive 20 % on shoes, then 10 % on everything: shoes cost 20 % less, socks 10 %.',
  ].join(' '),
  examples: [true, false],
});
export const expectedVersion = z.int().positive().optional();

/** The tenant of callers without a token. */
export const storeQuery = z.object({
  store: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});
export const idParams = z.object({ id: z.string().min(1).max(100) });

/** Of amounts that name none. */
export const DEFAULT_CURRENCY = 'USD';

/** Parts of what clients are shown. */
export const windowView = { startsAt: z.iso.datetime().nullable(), endsAt: z.iso.datetime().nullable() };
export const keptView = { version: z.int(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };
export const pageOf = <View extends z.ZodType>(view: View) =>
  z.object({ items: z.array(view), nextCursor: z.string().nullable() });
