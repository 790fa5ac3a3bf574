import { z } from 'zod';

/** Parts of the requests that clients send. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});
export const idParams = z.object({ id: z.string().min(1).max(100) });
export const eventTypes = z
  .array(z.string().regex(/^(?:[a-z0-9_.]{1,200}\*?|\*)$/, 'a type, or the begin of one with * at its end'))
  .min(1)
  .max(100)
  .meta({
    description: 'names of event types; * at the end stands for all that begin so, * alone for all',
    examples: [['ecommerce.order.*']],
  });
export const deliveryStatus = z.enum(['PENDING', 'DELIVERED', 'FAILED', 'HELD', 'REFUSED']);
export const instant = z.iso.datetime({ offset: true });

export const pageOf = <View extends z.ZodType>(view: View) =>
  z.object({ items: z.array(view), nextCursor: z.string().nullable() });

export const reading = { access: ['MERCHANT', 'ADMIN'], permission: 'webhooks:read' } as const;
export const writing = { access: ['MERCHANT', 'ADMIN'], permission: 'webhooks:write' } as const;
