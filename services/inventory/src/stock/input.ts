import { z } from 'zod';
import { MAX_ON_HAND } from './stock.ts';

const id = z.string().regex(/^[\x21-\x7e]{1,128}$/, '1 to 128 visible ASCII characters');

export const reservationId = id;
export const productId = id;
export const reservationParams = z.object({ id });
export const stockParams = z.object({ storeId: id, sku: id });
export const onHand = z.int().min(0).max(MAX_ON_HAND);
export const delta = z
  .int()
  .min(-MAX_ON_HAND)
  .max(MAX_ON_HAND)
  .refine((value) => value !== 0, 'may not be 0');
export const qty = z.int().min(1).max(1_000_000);
export const reason = z.string().min(1).max(200);
export const expectedVersion = z.int().min(0).optional();

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional(),
});
