import type { Invariant, Violation } from './invariant.ts';

export interface CodedOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly status: string;
  /** As the customer wrote them, in capitals. */
  readonly codes: readonly string[];
}

export interface CodeUse {
  readonly orderId: string;
  readonly storeId: string;
  readonly code: string;
  readonly state: string;
  /** Held longer than it may be without an order. */
  readonly overdue: boolean;
}

const counted = `
  select code as subject, format('counts %s uses; %s are held or made', uses, found) as what
  from (
    select c.code, c.uses, count(u.order_id)::int as found
    from discount_codes c
    left join discount_code_uses u on u.store_id = c.store_id and u.discount_code_id = c.discount_code_id
      and u.state <> 'RELEASED'
    group by c.store_id, c.discount_code_id) n
  where uses <> found`;

// A limit that was changed later says nothing about the uses of before, and one whose hold had lapsed when its order was
// heard of counts beyond any limit.
const limits = `
  select c.code as subject, format('may be used %s times and was %s times', c.usage_limit, count(*)) as what
  from discount_codes c
  join discount_code_uses u on u.store_id = c.store_id and u.discount_code_id = c.discount_code_id
    and u.state <> 'RELEASED' and not u.lapsed
  where c.version = 1
  group by c.store_id, c.discount_code_id having count(*) > c.usage_limit
  union all
  select c.code, format('may be used %s times by %s and was %s times', c.per_customer_limit, u.customer_id, count(*))
  from discount_codes c
  join discount_code_uses u on u.store_id = c.store_id and u.discount_code_id = c.discount_code_id
    and u.state <> 'RELEASED' and not u.lapsed
  where c.version = 1
  group by c.store_id, c.discount_code_id, u.customer_id having count(*) > c.per_customer_limit`;

const uses = `
  select u.order_id as "orderId", u.store_id as "storeId", c.code, u.state,
    coalesce(u.state = 'HELD' and u.expires_at < now() - interval '60 seconds', false) as overdue
  from discount_code_uses u join discount_codes c using (store_id, discount_code_id)`;

const orders = `
  select order_id as "orderId", store_id as "storeId", status,
    array(select upper(jsonb_array_elements_text(pricing->'codes'))) as codes
  from orders where jsonb_array_length(pricing->'codes') > 0`;

const codes = `select store_id || ' ' || code as name from discount_codes`;

export const codesAddUp: Invariant = {
  id: 'P1',
  title: 'discount codes are used as often as orders say, and no oftener than they may',
  async check(stack) {
    if (!stack.has('order', 'pricing')) return [];
    const [wrong, over, used, coded, known] = await Promise.all([
      stack.query<Violation>('pricing', counted),
      stack.query<Violation>('pricing', limits),
      stack.query<CodeUse>('pricing', uses),
      stack.query<CodedOrder>('order', orders),
      stack.query<{ name: string }>('pricing', codes),
    ]);
    return [...wrong, ...over, ...codeMismatches(coded, used, new Set(known.map(({ name }) => name)))];
  },
};

/** The state of a use, by the status of its order. */
const expected: Readonly<Record<string, string>> = {
  PENDING: 'HELD',
  PAYMENT_PENDING: 'HELD',
  PAID: 'USED',
  FULFILLED: 'USED',
  RETURNED: 'USED',
  CANCELED: 'RELEASED',
  EXPIRED: 'RELEASED',
};

/** Pure. @param known `store code` of discount codes: a code may also be one that only a promotion asks for */
export function codeMismatches(
  orders: readonly CodedOrder[],
  uses: readonly CodeUse[],
  known: ReadonlySet<string>,
): Violation[] {
  const nameOf = (storeId: string, orderId: string, code: string) => `${storeId} ${orderId} ${code}`;
  const states = new Map(uses.map((use) => [nameOf(use.storeId, use.orderId, use.code), use.state]));
  const ordered = new Set(
    orders.flatMap((one) => one.codes.map((code) => nameOf(one.storeId, one.orderId, code))),
  );
  const wrong = orders.flatMap(({ orderId, storeId, status, codes: given }) =>
    given
      .filter((code) => known.has(`${storeId} ${code}`))
      .map((code) => ({ code, state: states.get(nameOf(storeId, orderId, code)) }))
      .filter(({ state }) => state !== expected[status])
      .map(({ code, state }) => ({
        subject: orderId,
        what: `is ${status} and its use of ${code} ${state ?? 'unknown'}`,
      })),
  );
  const lost = uses
    .filter(({ storeId, orderId, code }) => !ordered.has(nameOf(storeId, orderId, code)))
    .filter(({ state, overdue }) => state === 'USED' || overdue)
    .map(({ orderId, code, state }) => ({
      subject: orderId,
      what: `has no order, and its use of ${code} is ${state}`,
    }));
  return [...wrong, ...lost];
}
