import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** One use of a code, held for an order until it lapses. */
export interface Hold {
  readonly codeId: string;
  readonly orderId: string;
  readonly customerId: string | undefined;
  readonly ttlMs: number;
}

export interface KnownUses {
  heldBy(orderId: string, codeId: string): boolean;
  ofCustomer(codeId: string, customerId: string): number;
}

const byCustomer = `
  select discount_code_id as "codeId", customer_id as "customerId", count(*)::int as uses from discount_code_uses
  where store_id = $1 and discount_code_id = any($2) and customer_id = any($3) and state <> 'RELEASED' group by 1, 2`;

const ofOrders = `
  select order_id as "orderId", discount_code_id as "codeId" from discount_code_uses
  where store_id = $1 and order_id = any($2) and state <> 'RELEASED'`;

// An order that is tried again after its hold has lapsed holds anew.
const insert = `
  with h as materialized (
    select * from json_to_recordset($2) as r (code_id text, order_id text, customer_id text, ttl_ms bigint)),
  held as (
    insert into discount_code_uses as u (store_id, discount_code_id, order_id, customer_id, state, expires_at, held_at,
      updated_at)
    select $1, code_id, order_id, customer_id, 'HELD', now() + ttl_ms * interval '1 ms', now(), now() from h
    on conflict (store_id, order_id, discount_code_id) do update
      set state = 'HELD', lapsed = false, expires_at = excluded.expires_at, held_at = now(), updated_at = now())
  update discount_codes c set uses = uses + n.count
  from (select code_id, count(*)::int as count from h group by 1) n
  where c.store_id = $1 and c.discount_code_id = n.code_id`;

export async function knownUses(
  tx: Transaction,
  of: {
    readonly limited: readonly string[];
    readonly customers: readonly string[];
    readonly orders: readonly string[];
  },
): Promise<KnownUses> {
  const counts =
    of.limited.length > 0 && of.customers.length > 0
      ? await tx.query<{ codeId: string; customerId: string; uses: number }>(byCustomer, [
          tx.storeId,
          of.limited,
          of.customers,
        ])
      : [];
  const held =
    of.orders.length > 0
      ? await tx.query<{ orderId: string; codeId: string }>(ofOrders, [tx.storeId, of.orders])
      : [];
  const uses = new Map(counts.map((row) => [`${row.codeId} ${row.customerId}`, row.uses]));
  const holds = new Set(held.map((row) => `${row.orderId} ${row.codeId}`));
  return {
    heldBy: (orderId, codeId) => holds.has(`${orderId} ${codeId}`),
    ofCustomer: (codeId, customerId) => uses.get(`${codeId} ${customerId}`) ?? 0,
  };
}

/** The codes' rows are locked by the caller, and their limits allow it. */
export async function saveHolds(tx: Transaction, holds: readonly Hold[]): Promise<void> {
  const rows = holds.map(({ codeId, orderId, customerId, ttlMs }) => ({
    code_id: codeId,
    order_id: orderId,
    customer_id: customerId,
    ttl_ms: ttlMs,
  }));
  await tx.query(insert, [tx.storeId, JSON.stringify(rows)]);
}

// The codes first and in one order, as whoever holds them does.
const lockCodes = `
  select c.discount_code_id from discount_codes c
  where c.store_id = $1 and c.discount_code_id in (
    select u.discount_code_id from discount_code_uses u
    where u.store_id = $1 and u.order_id = any($2) and u.state <> 'RELEASED')
  order by 1 for update`;

const releaseUses = `
  with released as (
    update discount_code_uses set state = 'RELEASED', lapsed = $3, expires_at = null, updated_at = now()
    where store_id = $1 and order_id = any($2) and state <> 'RELEASED' and (expires_at <= now() or not $3)
    returning discount_code_id as code_id)
  update discount_codes c set uses = uses - n.count
  from (select code_id, count(*)::int as count from released group by 1) n
  where c.store_id = $1 and c.discount_code_id = n.code_id`;

/**
 * Gives back what these orders hold or have used; what was given back before stays so. `lapsed` only those whose time is
 * over: an order's event may come meanwhile, and then the order decides.
 */
export async function releaseCodes(
  tx: Transaction,
  orderIds: readonly string[],
  { lapsed = false } = {},
): Promise<void> {
  const locked = await tx.query(lockCodes, [tx.storeId, orderIds]);
  if (locked.length > 0) await tx.query(releaseUses, [tx.storeId, orderIds, lapsed]);
}

const keep = `
  update discount_code_uses set expires_at = null, updated_at = now()
  where store_id = $1 and order_id = any($2) and state = 'HELD'`;

/** The orders exist: their own end decides about their codes. */
export const keepCodes = (tx: Transaction, orderIds: readonly string[]): Promise<unknown> =>
  tx.query(keep, [tx.storeId, orderIds]);

const use = `
  update discount_code_uses set state = 'USED', expires_at = null, updated_at = now()
  where store_id = $1 and order_id = any($2) and state = 'HELD'`;

export const useCodes = (tx: Transaction, orderIds: readonly string[]): Promise<unknown> =>
  tx.query(use, [tx.storeId, orderIds]);

const lapsed = `
  select distinct order_id as "orderId" from discount_code_uses
  where store_id = $1 and order_id = any($2) and state = 'RELEASED' and lapsed`;

/** Of these orders, those whose holds have lapsed: nobody had told of the order by then. */
export async function lapsedHolds(tx: Transaction, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.query<{ orderId: string }>(lapsed, [tx.storeId, orderIds]);
  return rows.map(({ orderId }) => orderId);
}

const lockLapsed = `
  select c.discount_code_id from discount_codes c
  where c.store_id = $1 and c.discount_code_id in (
    select u.discount_code_id from discount_code_uses u
    where u.store_id = $1 and u.order_id = any($2) and u.state = 'RELEASED' and u.lapsed)
  order by 1 for update`;

// `lapsed` stays: a use that was taken so was not asked whether its code's limits allow it.
const retake = `
  with taken as (
    update discount_code_uses set state = 'HELD', updated_at = now()
    where store_id = $1 and order_id = any($2) and state = 'RELEASED' and lapsed
    returning discount_code_id as code_id)
  update discount_codes c set uses = uses + n.count
  from (select code_id, count(*)::int as count from taken group by 1) n
  where c.store_id = $1 and c.discount_code_id = n.code_id`;

/** The orders exist after all, at the price that their codes gave them: their uses count, also beyond a limit. */
export async function takeAgain(tx: Transaction, orderIds: readonly string[]): Promise<void> {
  const locked = await tx.query(lockLapsed, [tx.storeId, orderIds]);
  if (locked.length > 0) await tx.query(retake, [tx.storeId, orderIds]);
}
