import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Cart, CartItem, CartStatus, Checkout, Shipping } from '#cart/cart.ts';

/** Items in the order in which they were put in. */
export const cartColumns = `
  c.cart_id as "cartId", c.user_id as "userId", c.token_hash as "tokenHash", c.status, c.currency, c.codes, c.shipping,
  c.version, c.stream_version as "streamVersion", c.merged_into as "mergedInto", c.order_id as "orderId", c.checkout,
  c.created_at as "createdAt", c.updated_at as "updatedAt"`;

export const itemsOfCart = `
  coalesce((select json_agg(json_build_object('itemId', item_id, 'productId', product_id, 'qty', qty) order by line)
    from cart_items i where i.cart_id = c.cart_id), '[]') as items`;

export interface CartRow {
  readonly cartId: string;
  readonly userId: string | null;
  readonly tokenHash: string | null;
  readonly status: CartStatus;
  readonly currency: string | null;
  readonly items: readonly CartItem[];
  readonly codes: readonly string[];
  readonly shipping: Shipping | null;
  readonly version: number;
  readonly streamVersion: number;
  readonly mergedInto: string | null;
  readonly orderId: string | null;
  readonly checkout: Checkout | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function cartOf({ streamVersion: _events, ...row }: CartRow): Cart {
  return row;
}

/** A cart whose rows are locked, with the version of its last event. */
export interface Locked {
  readonly cart: Cart;
  readonly streamVersion: number;
}

const lock = `select cart_id from carts where cart_id = any($1) order by cart_id for update`;
// Of its own: a statement that waited for the lock would see the items of before the wait.
const select = `select ${cartColumns}, ${itemsOfCart} from carts c where c.cart_id = any($1)`;

/** Locks carts in the order of their ids and reads them as they stand then. */
export async function lockCarts(
  tx: Transaction,
  cartIds: readonly string[],
): Promise<ReadonlyMap<string, Locked>> {
  if (cartIds.length === 0) return new Map();
  const [, rows] = await Promise.all([tx.query(lock, [cartIds]), tx.query<CartRow>(select, [cartIds])]);
  return new Map(rows.map((row) => [row.cartId, { cart: cartOf(row), streamVersion: row.streamVersion }]));
}

/** How long the process that begins a checkout has for it, before the timer takes it up. */
const SETTLE_AFTER = `interval '15 seconds'`;

// One statement for all rows of a batch; lines that left the cart go, the others are written where they differ.
const save = `
  with c as materialized (
    select * from json_to_recordset($2) as r (cart_id text, user_id text, token_hash text, status text, currency text,
      codes jsonb, shipping jsonb, version int, stream_version int, line_count int, merged_into text, order_id text,
      checkout jsonb, created_at timestamptz, updated_at timestamptz)),
  i as materialized (
    select * from json_to_recordset($3) as r (cart_id text, item_id text, line int, product_id text, qty int)),
  saved as (
    insert into carts as k (cart_id, store_id, user_id, token_hash, status, currency, codes, shipping, version,
      stream_version, line_count, merged_into, order_id, checkout, checkout_due_at, created_at, updated_at)
    select cart_id, $1, user_id, token_hash, status, currency, codes, shipping, version, stream_version, line_count,
      merged_into, order_id, checkout, case when status = 'CHECKING_OUT' then now() + ${SETTLE_AFTER} end, created_at,
      updated_at from c
    on conflict (cart_id) do update set user_id = excluded.user_id, status = excluded.status,
      currency = excluded.currency, codes = excluded.codes, shipping = excluded.shipping, version = excluded.version,
      stream_version = excluded.stream_version, line_count = excluded.line_count, merged_into = excluded.merged_into,
      order_id = excluded.order_id, checkout = excluded.checkout, checkout_due_at = excluded.checkout_due_at,
      checkout_tries = 0, leased_until = null, updated_at = excluded.updated_at
    returning cart_id),
  gone as (
    delete from cart_items k using c
    where k.cart_id = c.cart_id and not exists (select from i where i.cart_id = k.cart_id and i.item_id = k.item_id)
    returning 1)
  insert into cart_items as k (store_id, cart_id, item_id, line, product_id, qty)
  select $1, cart_id, item_id, line, product_id, qty from i
  -- a line may leave and its product come back in one batch: the old line goes first
  where cart_id in (select cart_id from saved) and (select count(*) from gone) >= 0
  on conflict (cart_id, item_id) do update set qty = excluded.qty, line = excluded.line
    where (k.qty, k.line) is distinct from (excluded.qty, excluded.line)`;

const savePrices = `
  insert into cart_prices (cart_id, store_id, priced, resolved_at)
  select cart_id, $1, priced, now() from json_to_recordset($2) as r (cart_id text, priced jsonb)
  order by cart_id
  on conflict (cart_id) do update set priced = excluded.priced, resolved_at = excluded.resolved_at`;

export interface KeptPrices {
  readonly cartId: string;
  /** As `toKept` makes it. */
  readonly priced: string;
}

export async function saveCarts(
  tx: Transaction,
  carts: readonly Locked[],
  prices: readonly KeptPrices[],
): Promise<void> {
  const rows = carts.map(({ cart, streamVersion }) => ({
    cart_id: cart.cartId,
    user_id: cart.userId,
    token_hash: cart.tokenHash,
    status: cart.status,
    currency: cart.currency,
    codes: cart.codes,
    shipping: cart.shipping,
    version: cart.version,
    stream_version: streamVersion,
    line_count: cart.items.length,
    merged_into: cart.mergedInto,
    order_id: cart.orderId,
    checkout: cart.checkout,
    created_at: cart.createdAt,
    updated_at: cart.updatedAt,
  }));
  const items = carts.flatMap(({ cart }) =>
    cart.items.map(({ itemId, productId, qty }, line) => ({
      cart_id: cart.cartId,
      item_id: itemId,
      line,
      product_id: productId,
      qty,
    })),
  );
  await Promise.all([
    rows.length > 0 ? tx.query(save, [tx.storeId, JSON.stringify(rows), JSON.stringify(items)]) : undefined,
    storePrices(tx, prices),
  ]);
}

export async function storePrices(tx: Transaction, prices: readonly KeptPrices[]): Promise<void> {
  if (prices.length === 0) return;
  const json = prices.map(({ cartId, priced }) => `{"cart_id":${JSON.stringify(cartId)},"priced":${priced}}`);
  await tx.query(savePrices, [tx.storeId, `[${json.join()}]`]);
}
