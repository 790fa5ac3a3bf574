import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { cartColumns, cartOf, type CartRow, itemsOfCart } from '#cart-rows.ts';
import { type CheckoutDeps, settleCheckout } from './checkout.ts';

const POLL_MS = 500;
const BATCH = 100;

// Claims what is due by the database's clock. What cannot be settled comes again, ever more slowly.
const claim = `
  with due as (
    select cart_id from carts
    where checkout_due_at <= now() and (leased_until is null or leased_until < now())
    order by checkout_due_at limit ${BATCH} for update skip locked)
  update carts c
  set checkout_tries = c.checkout_tries + 1, leased_until = now() + $1 * interval '1 ms',
    checkout_due_at = now() + make_interval(secs => least(15 * power(2, c.checkout_tries), 120))
  from due where c.cart_id = due.cart_id
  returning c.store_id as "storeId", ${cartColumns}, ${itemsOfCart}`;

export interface CheckoutTimersOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  /** Longest time that settling one may take; a process that dies leaves its carts to others after that. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Finds out what became of checkouts whose process died, or was not told, by asking for the same order again. */
export function checkoutTimers(deps: CheckoutDeps, options: CheckoutTimersOptions): Periodic {
  const { systemDb, leaseMs, log } = options;

  async function settle({ storeId, ...row }: CartRow & { storeId: string }): Promise<void> {
    const { checkout, cartId } = row;
    if (!checkout) return;
    const context: CommandContext = { storeId, correlationId: checkout.correlationId, causationId: null };
    const { answer } = await settleCheckout(deps, cartOf(row), checkout, 'timer', context);
    if (answer.kind === 'unknown')
      log.warn({ cartId, reason: answer.reason }, 'a checkout is still unsettled');
  }

  async function round(): Promise<void> {
    type Due = CartRow & { storeId: string };
    const due = await systemDb.transaction('', (tx) => tx.query<Due>(claim, [leaseMs]));
    if (due.length === 0) return;
    failpoint('checkout.claimed');
    await Promise.all(
      due.map((one) =>
        settle(one).catch((error: unknown) =>
          log.warn(
            { cartId: one.cartId, error: String(error) },
            'a checkout was not settled; it comes again',
          ),
        ),
      ),
    );
  }

  return periodically({ name: 'checkout timers', everyMs: POLL_MS, round, log });
}
