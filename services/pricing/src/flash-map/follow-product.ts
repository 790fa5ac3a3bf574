import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { pricingError } from '#errors.ts';
import type { FlashMap } from './flash-map.ts';
import { runningSalesWith } from './running-sales.ts';

/** An event of a product that changed what it costs, or took it off the shelf. */
export interface ProductChange {
  readonly storeId: string;
  readonly productId: string;
  /** The event's, in the product's topic. */
  readonly version: number;
}

export interface ProductFollower {
  /** @throws DomainError PRICES_BEHIND, CACHE_UNAVAILABLE, both to be tried again */
  follow(change: ProductChange): Promise<void>;
}

// Announced sales too: one that begins before the product's row is up to date tells prices of before.
const behind = `
  select 1 from flash_sales s
  where s.store_id = $1 and s.status <> 'ENDED' and $2 = any(s.product_ids) and not exists (
    select 1 from product_prices p
    where p.store_id = $1 and p.product_id = $2 and (p.versions->>'ecommerce.product.product')::int >= $3)
  limit 1`;

/**
 * Brings the map up to date after a product changed: a percentage follows the list price, and no event of the sale tells
 * of that. Two products of a sale may change at once, so what was written is compared with what is, until both are the same.
 */
export function productFollower({ map, db }: { map: FlashMap; db: Database }): ProductFollower {
  async function statesAfter(tx: Transaction, { productId, version }: ProductChange) {
    const waits = await tx.query(behind, [tx.storeId, productId, version]);
    if (waits.length > 0) throw pricingError('PRICES_BEHIND');
    return runningSalesWith(tx, productId);
  }
  return {
    async follow(change) {
      let written = '[]';
      for (;;) {
        const states = await db.transaction(change.storeId, (tx) => statesAfter(tx, change));
        const found = JSON.stringify(states);
        if (found === written) return;
        for (const state of states) await map.set(state, { anew: true });
        written = found;
      }
    },
  };
}
