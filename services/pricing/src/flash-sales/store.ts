import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { sqlState } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { pricingError } from '#errors.ts';
import { cataloguePrices } from '#rules/catalogue-prices.ts';
import { touchRules } from '#rules/revision.ts';
import {
  carryOn,
  changeSale,
  createSale,
  type Decision,
  endSale,
  type ListPrice,
  type Sale,
  type SaleStatus,
  type SaleTerms,
} from './decide.ts';
import { findSale, listSales, saveSale } from './rows.ts';

export interface Replying {
  readonly idempotency?: { readonly key: IdempotencyKey; reply(sale: Sale, events: number): StoredReply };
}

export interface FlashSales {
  /** @throws DomainError UNKNOWN_PRODUCT, CURRENCY_MISMATCH */
  create(terms: SaleTerms, context: CommandContext, replying: Replying): Promise<Sale>;
  /**
   * Fails fast: somebody else at work on the sale is told as FLASH_SALE_BUSY, and nothing is tried again.
   * @throws DomainError FLASH_SALE_NOT_FOUND, VERSION_CONFLICT, FLASH_SALE_ENDED, FLASH_SALE_STARTED, FLASH_SALE_BUSY
   */
  change(
    saleId: string,
    terms: (sale: Sale) => SaleTerms,
    expectedVersion: number | undefined,
    context: CommandContext,
  ): Promise<Sale>;
  /** @throws DomainError FLASH_SALE_NOT_FOUND, VERSION_CONFLICT */
  end(saleId: string, expectedVersion: number | undefined, context: CommandContext): Promise<Sale>;
  /** Does what is due; what was done meanwhile is not done again. Answers the sale as it stands. */
  carryOn(saleId: string, context: CommandContext): Promise<{ before: Sale; after: Sale } | undefined>;
  find(storeId: string, saleId: string): Promise<Sale>;
  list(
    storeId: string,
    page: { before: string; status: SaleStatus | undefined; limit: number },
  ): Promise<Sale[]>;
}

const LOCK_NOT_AVAILABLE = '55P03';

export function flashSales(db: Database, encoder: EventEncoder, onCommit: () => void): FlashSales {
  async function save(tx: Transaction, { sale, events }: Decision, context: CommandContext): Promise<void> {
    await saveSale(tx, sale);
    const first = sale.events - events.length + 1;
    const rows = events.map((event, index) =>
      encoder.encode({ event, eventId: newId(), version: first + index, context }, tx.now),
    );
    await appendToOutbox(tx, rows);
    await touchRules(tx);
    failpoint('sale.saved');
  }

  async function act<T>(storeId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const result = await db.transaction(storeId, work);
    onCommit();
    failpoint('sale.committed');
    return result;
  }

  const existing = async (tx: Transaction, saleId: string, lock: 'none' | 'wait' | 'nowait') => {
    const sale = await findSale(tx, saleId, lock);
    if (!sale) throw pricingError('FLASH_SALE_NOT_FOUND');
    return sale;
  };

  return {
    create: (terms, context, { idempotency }) =>
      act(context.storeId, async (tx) => {
        const listPrices = await listPricesOf(tx, terms);
        checkProducts(terms, listPrices);
        const decision = createSale(newId(), terms, { now: tx.now, listPrices, by: context.actor ?? null });
        await save(tx, decision, context);
        const { sale } = decision;
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(sale, 0) }]);
        return sale;
      }),
    change: (saleId, patch, expectedVersion, context) =>
      act(context.storeId, async (tx) => {
        const sale = await existing(tx, saleId, 'nowait');
        checkVersion(sale, expectedVersion);
        const terms = patch(sale);
        const listPrices = await listPricesOf(tx, terms);
        checkProducts(terms, listPrices);
        const decision = changeSale(sale, terms, { now: tx.now, listPrices, by: context.actor ?? null });
        await save(tx, decision, context);
        return decision.sale;
      }).catch((error: unknown) => {
        if (sqlState(error) !== LOCK_NOT_AVAILABLE && !isBusy(error)) throw error;
        throw pricingError('FLASH_SALE_BUSY', { cause: error, retryAfter: 1 });
      }),
    end: (saleId, expectedVersion, context) =>
      act(context.storeId, async (tx) => {
        const sale = await existing(tx, saleId, 'wait');
        checkVersion(sale, expectedVersion);
        const decision = endSale(sale, { now: tx.now, by: context.actor ?? null });
        if (decision.sale !== sale) await save(tx, decision, context);
        return decision.sale;
      }),
    carryOn: (saleId, context) =>
      act(context.storeId, async (tx) => {
        const sale = await findSale(tx, saleId, 'wait');
        if (!sale) return undefined;
        const decision = carryOn(sale, { now: tx.now, listPrices: await listPricesOf(tx, sale) });
        if (decision.sale !== sale) await save(tx, decision, context);
        return { before: sale, after: decision.sale };
      }),
    find: (storeId, saleId) => db.transaction(storeId, (tx) => existing(tx, saleId, 'none')),
    list: (storeId, page) => db.transaction(storeId, (tx) => listSales(tx, page)),
  };
}

/** A lock that was not had at once arrives as "the database does not answer". */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && sqlState(error.cause) === LOCK_NOT_AVAILABLE;

async function listPricesOf(tx: Transaction, { productIds }: SaleTerms): Promise<ListPrice[]> {
  const { prices } = await cataloguePrices(tx, productIds);
  return productIds.flatMap((id) => {
    const product = prices.get(id);
    return product?.active ? [product] : [];
  });
}

function checkProducts({ productIds, price }: SaleTerms, known: readonly ListPrice[]): void {
  const unknown = productIds.filter((id) => !known.some(({ productId }) => productId === id));
  if (unknown.length > 0) {
    throw pricingError('UNKNOWN_PRODUCT', {
      message: `not for sale: ${unknown.join(', ')}`,
      details: { lines: unknown.map((productId) => ({ productId })) },
    });
  }
  if (!('currency' in price)) return;
  const foreign = known.filter(({ currency }) => currency !== price.currency);
  if (foreign.length === 0) return;
  throw pricingError('CURRENCY_MISMATCH', {
    message: `not sold in ${price.currency}: ${foreign.map(({ productId }) => productId).join(', ')}`,
  });
}

function checkVersion({ version }: Sale, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) {
    throw pricingError('VERSION_CONFLICT', { details: { currentVersion: version } });
  }
}
