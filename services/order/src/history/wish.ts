import { z } from 'zod';

/** Orders that are to stand in the tables. */
export const historyWish = z.strictObject({
  storeId: z.string().min(1),
  /** Whose each order is, in the order in which they are placed. */
  customers: z.array(z.string().min(1)).min(1),
  /** With stock for all of them. */
  products: z.array(z.strictObject({ productId: z.string(), sku: z.string() })).min(2),
});

export type HistoryWish = z.infer<typeof historyWish>;
