import { LRUCache } from 'lru-cache';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { Cart } from '#cart/cart.ts';
import { fromKept, nothingToPrice, type Priced, toKept } from '#cart/priced.ts';
import { type CartView, type StockHints, viewOf } from '#cart/view.ts';
import type { CartCopies } from '#cart-copies.ts';
import { cartColumns, cartOf, type CartRow, itemsOfCart, type KeptPrices, storePrices } from '#cart-rows.ts';
import { priceCart } from '#price-cart.ts';
import type { Prices } from '#prices.ts';
import type { ReadStockHints } from '#stock-hints.ts';
import type { PricingContext } from '#pricing-context.ts';

/** What is seen of a cart besides the cart itself. */
export interface Surroundings {
  readonly priced: Priced;
  readonly hints: StockHints;
}

export interface CartReader {
  /** From the copy in front where there is one. */
  cart(storeId: string, cartId: string): Promise<Cart | undefined>;
  /** From the database. */
  stored(storeId: string, cartId: string): Promise<Cart | undefined>;
  /** Prices and stock of what a cart holds, whether it is stored like that or not. */
  surroundings(cart: Cart, context: PricingContext): Promise<Surroundings>;
  /** The cart as its owner sees it; remembers prices that have changed. */
  view(cart: Cart, context: PricingContext): Promise<CartView>;
}

export interface CartReaderOptions {
  readonly db: Database;
  readonly copies: Pick<CartCopies, 'get' | 'fill'>;
  readonly prices: Prices;
  readonly hints: ReadStockHints;
  onRead(from: 'copy' | 'database'): void;
  onPrices(status: Priced['status']): void;
}

/** Carts of which a process knows what it has stored of their prices. */
const SHOWN = 10_000;

const select = `select ${cartColumns}, ${itemsOfCart} from carts c where c.cart_id = any($1)`;
const selectPrices = `select priced::text as priced from cart_prices where cart_id = $1`;

export function cartReader({ db, copies, prices, hints, onRead, onPrices }: CartReaderOptions): CartReader {
  const look = groupCommit<{ storeId: string; cartId: string }, Cart | undefined>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, wanted) =>
      db.transaction(storeId, async (tx) => {
        const rows = await tx.query<CartRow>(select, [[...new Set(wanted.map(({ cartId }) => cartId))]]);
        const found = new Map(rows.map((row) => [row.cartId, cartOf(row)]));
        return wanted.map(({ cartId }) => ({ ok: true as const, value: found.get(cartId) }));
      }),
  });

  /** Prices that a read has found changed; they are a memory, so nobody waits for the disk. */
  const remember = groupCommit<KeptPrices & { storeId: string }, void>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, kept) =>
      db.transaction(
        storeId,
        async (tx) => {
          await storePrices(tx, [...new Map(kept.map((one) => [one.cartId, one])).values()]);
          return kept.map(() => ({ ok: true as const, value: undefined }));
        },
        { durable: false },
      ),
  });

  const shown = new LRUCache<string, string>({ max: SHOWN });

  async function keptPrices(storeId: string, cartId: string): Promise<Priced | undefined> {
    const rows = await db.transaction(storeId, (tx) => tx.query<{ priced: string }>(selectPrices, [cartId]));
    return rows[0] && fromKept(rows[0].priced);
  }

  async function pricesOf(cart: Cart, context: PricingContext): Promise<Priced> {
    const kept = () => keptPrices(context.storeId, cart.cartId);
    // What is closed costs what it cost.
    const closed = cart.status === 'CHECKED_OUT' || cart.status === 'MERGED';
    if (closed) return (await kept()) ?? { ...nothingToPrice, status: 'LAST_KNOWN' };
    const priced = await priceCart(cart, { prices, kept }, context);
    onPrices(priced.status);
    return priced;
  }

  function noteShown(storeId: string, cartId: string, priced: Priced): void {
    const text = toKept(priced);
    if (shown.get(cartId) === text) return;
    shown.set(cartId, text);
    // Forgotten again where it was not stored: the next reader tries anew.
    remember({ storeId, cartId, priced: text }).catch(() => shown.delete(cartId));
  }

  async function surroundings(cart: Cart, context: PricingContext): Promise<Surroundings> {
    const ids = cart.items.map(({ productId }) => productId);
    const [priced, stock] = await Promise.all([pricesOf(cart, context), hints(ids, context)]);
    return { priced, hints: stock };
  }

  return {
    async cart(storeId, cartId) {
      const copy = await copies.get(storeId, cartId);
      onRead(copy ? 'copy' : 'database');
      if (copy) return copy;
      const stored = await look({ storeId, cartId });
      if (stored) copies.fill(storeId, stored);
      return stored;
    },
    stored: (storeId, cartId) => look({ storeId, cartId }),
    surroundings,
    async view(cart, context) {
      const { priced, hints: stock } = await surroundings(cart, context);
      if (priced.status === 'CURRENT' && priced.resolution) noteShown(context.storeId, cart.cartId, priced);
      return viewOf(cart, priced, stock);
    },
  };
}
