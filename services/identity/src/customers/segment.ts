import type { Database } from '@tradewind/postgres/database.ts';
import { SEGMENT } from '@tradewind/service/principal.ts';
import { z } from 'zod';

/** The name that price lists and promotions have for a group of customers. */
export const segment = z
  .string()
  .regex(SEGMENT, 'letters, digits, dot, dash and underscore')
  .meta({ example: 'vip' });

const select = 'select segment from customers where customer_id = $1';

/** The segment of a customer; nobody's, and that of whom the store does not know, is none. */
export async function segmentOf(
  db: Database,
  storeId: string,
  customerId: string,
): Promise<string | undefined> {
  const rows = await db.transaction(storeId, (tx) =>
    tx.query<{ segment: string | null }>(select, [customerId]),
  );
  return rows[0]?.segment ?? undefined;
}
