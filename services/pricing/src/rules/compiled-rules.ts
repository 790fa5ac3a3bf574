import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { compile, type CompiledRules } from '#engine/compile.ts';
import type { CurrencyRate } from '#engine/currency-rate.ts';
import {
  flashSaleOf,
  type FlashSaleRow,
  type PriceListRow,
  priceListsOf,
  type PriceRow,
  promotionOf,
  type PromotionRow,
  rateOf,
  type RateRow,
} from './rule-rows.ts';

/** A tenant's rules, ready to price with. Codes are looked up when they are given: a tenant may have very many. */
export interface TenantRules {
  readonly revision: bigint;
  readonly compiled: CompiledRules;
  readonly rates: readonly CurrencyRate[];
}

export interface RuleCache {
  /** The rules of the transaction's tenant as of `revision` or later. */
  at(tx: Transaction, revision: bigint): Promise<TenantRules>;
}

export interface RuleCacheCounts {
  hit(): void;
  /** Compiled so many rules in so many ms. */
  compiled(rules: number, ms: number): void;
}

const window = 'starts_at as "startsAt", ends_at as "endsAt"';
const live = `deleted_at is null and (ends_at is null or ends_at > now())`;
const promotions = `
  select promotion_id as id, name, conditions, effect, currency, priority, stackable, excludes, ${window}
  from promotion_rules where store_id = $1 and ${live}`;
const lists = `
  select price_list_id as id, name, currency, segment, priority, ${window}
  from price_lists where store_id = $1 and ${live}`;
const prices = `
  select p.price_list_id as "listId", p.product_id as "productId", p.min_qty as "minQty", p.unit_minor as "unitMinor"
  from price_lists l join prices p using (store_id, price_list_id) where l.store_id = $1 and ${live}
  order by p.min_qty`;
const sales = `
  select sale_id as id, name, product_ids as "productIds", basis_points as "basisPoints", price_minor as "priceMinor",
    currency, ${window}
  from flash_sales where store_id = $1 and status <> 'ENDED' and ends_at > now()`;
const rates = `
  select currency_rate_id as id, from_currency as "from", to_currency as "to", rate, as_of as "asOf"
  from currency_rates where store_id = $1 and deleted_at is null`;

/** Tenants whose rules a process keeps. */
const MAX_TENANTS = 200;

/**
 * Rules are compiled once per revision. The revision is read with the base prices of every request, so that no process
 * prices by a rule that was changed, however late an event would come (ADR 0018).
 */
export function ruleCache(counts: RuleCacheCounts): RuleCache {
  const known = new Map<string, TenantRules>();
  return {
    async at(tx, revision) {
      const kept = known.get(tx.storeId);
      if (kept?.revision === revision) {
        counts.hit();
        return kept;
      }
      const made = await load(tx, revision, counts);
      known.delete(tx.storeId);
      known.set(tx.storeId, made);
      const [oldest] = known.keys();
      if (known.size > MAX_TENANTS && oldest !== undefined) known.delete(oldest);
      return made;
    },
  };
}

async function load(tx: Transaction, revision: bigint, counts: RuleCacheCounts): Promise<TenantRules> {
  const tenant = [tx.storeId];
  // Read after the revision: a change meanwhile is seen as a revision that differs, and compiled again.
  const [promotionRows, listRows, priceRows, saleRows, rateRows] = await Promise.all([
    tx.query<PromotionRow>(promotions, tenant),
    tx.query<PriceListRow>(lists, tenant),
    tx.query<PriceRow>(prices, tenant),
    tx.query<FlashSaleRow>(sales, tenant),
    tx.query<RateRow>(rates, tenant),
  ]);
  const started = performance.now();
  const compiled = compile({
    priceLists: priceListsOf(listRows, priceRows),
    flashSales: saleRows.map(flashSaleOf),
    promotions: promotionRows.map(promotionOf),
    codes: [],
  });
  const count = promotionRows.length + listRows.length + saleRows.length;
  counts.compiled(count, performance.now() - started);
  return { revision, compiled, rates: rateRows.map(rateOf) };
}
