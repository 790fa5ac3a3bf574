import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { type CodeTerms, discountCodeKind } from '#discount-codes/code.ts';
import { flashSales } from '#flash-sales/store.ts';
import { orderCodes } from '#hold-codes/order-codes.ts';
import { promotionKind } from '#promotions/promotion.ts';
import type { ResolvePrices } from '#resolve-prices/request.ts';
import { resolver } from '#resolve-prices/resolver.ts';
import { ruleCache } from '#rules/compiled-rules.ts';
import { ruleStore } from '#rules/rule-store.ts';

const dir = fileURLToPath(new URL('../migrations', import.meta.url));

export const contextIn = (storeId: string): CommandContext => ({
  storeId,
  correlationId: newId(),
  causationId: null,
});

/** The service's parts on a database of their own. */
export async function openPricing() {
  const database = await templateDatabase({ name: 'pricing', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'pricing-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'pricing-test', maxConnections: 4 });
  const encoder = eventEncoder('pricing-service', createLocalRegistry());
  const deps = { db, encoder, onCommit: () => undefined };
  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    systemDb.transaction('', (tx) => tx.execute<Row>(text, values));
  /** A process of its own, as far as the database can tell. */
  const aResolver = () => resolver(db, ruleCache({ hit: () => undefined, compiled: () => undefined }));
  return {
    database,
    db,
    systemDb,
    rows,
    aResolver,
    resolve: aResolver(),
    codes: orderCodes(db),
    sales: flashSales(db, encoder, () => undefined),
    promotions: ruleStore(deps, promotionKind),
    discountCodes: ruleStore(deps, discountCodeKind),
    /** A product that the catalogue sells for so many cents. */
    async product(productId: string, cents: number, { tenant = 'STORE-1' } = {}): Promise<string> {
      await rows(
        `insert into product_prices_v1 (store_id, product_id, sku, name, price_minor, currency, status, versions)
         values ($1, $2, $2, $2, $3, 'USD', 'ACTIVE', '{}')`,
        [tenant, productId, cents],
      );
      return productId;
    },
    async code(code: string, terms: Partial<CodeTerms> = {}): Promise<string> {
      const { id } = await ruleStore(deps, discountCodeKind).create(
        { ...aCode, code, ...terms },
        contextIn('STORE-1'),
        {},
      );
      return id;
    },
    async close(): Promise<void> {
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

const aCode: CodeTerms = {
  code: 'CODE',
  effect: { type: 'PERCENTAGE', basisPoints: 1_000 },
  currency: 'USD',
  conditions: null,
  stackable: true,
  usageLimit: null,
  perCustomerLimit: null,
  uses: 0,
  startsAt: null,
  endsAt: null,
};

/** A request for one piece. */
export const wanted = (productId: string, more: Partial<ResolvePrices> = {}): ResolvePrices => ({
  lines: [{ productId, qty: 1 }],
  currency: undefined,
  segment: undefined,
  codes: [],
  customerId: undefined,
  hold: undefined,
  ...more,
});

/** The same for an order that holds the code. */
export const ordering = (
  productId: string,
  code: string,
  { orderId = newId(), customerId = newId(), ttlMs = 60_000 } = {},
): ResolvePrices => wanted(productId, { codes: [code], customerId, hold: { orderId, ttlMs } });
