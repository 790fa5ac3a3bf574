import { isCurrency } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import { MAX_QTY } from './cart.ts';

/** Parts of the requests that clients send. */
export const cartParams = z.object({ cartId: z.string().min(1).max(100) });
export const itemParams = cartParams.extend({ itemId: z.string().min(1).max(200) });
export const codeParams = cartParams.extend({ code: z.string().min(1).max(100) });
export const productId = z.string().regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters');
export const qty = z.int().min(1).max(MAX_QTY);
export const code = z.string().trim().min(1).max(100);
export const currency = z.string().refine(isCurrency, 'not an ISO 4217 currency');
export const address = z.record(z.string().max(50), z.string().max(500)).meta({
  description:
    'any fields of text, as addresses differ from country to country; a label needs name, line1, city, postalCode and country. GraphQL has these, line2 and region',
  example: { line1: '1 Harbour Street', city: 'Lisbon', postalCode: '1100-001', country: 'PT' },
});
export const expectedVersion = z.int().min(0).optional();

/** The tenant of callers without a token. */
export const storeQuery = z.object({
  store: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});

export const cartToken = z.string().min(1).max(200);
/** Carts without a login are opened by it. */
export const cartHeaders = z.looseObject({ 'cart-token': cartToken.optional() });
