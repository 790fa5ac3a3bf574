import { z } from 'zod';

const text = (max: number) => z.string().trim().min(1).max(max);

/** Parts of the bodies that clients send. */
export const sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore, at most 64')
  .meta({ description: 'unique within the store' });
export const name = text(200);
export const description = z.string().max(10_000).nullable();
export const price = z
  .union([z.string().max(24), z.number()])
  .meta({ description: 'decimal string, or a number that is exact in the currency' });
export const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as USD');
export const categoryId = text(100).nullable();
export const attributes = z
  .record(text(64), z.union([z.string().max(1_000), z.number(), z.boolean()]))
  .refine((given) => Object.keys(given).length <= 100, 'at most 100 attributes')
  .meta({ description: 'kept as text' });
export const images = z
  .array(
    z
      .string()
      .max(2_048)
      .regex(/^(https?:\/\/|\/)\S+$/i, 'an http(s) URL or an absolute path'),
  )
  .max(50)
  .meta({ description: 'in display order' });
export const expectedVersion = z.int().positive().optional();

export const idParams = z.object({ id: z.string().min(1).max(100) });
/** The tenant of callers without a token. */
export const storeQuery = z.object({
  store: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});
export const limit = z.coerce.number().int().min(1).max(100).default(20);
export const cursor = z.string().min(1).max(1_000).optional();

export const asText = (given: Readonly<Record<string, string | number | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
