import { newId } from '@tradewind/kernel/ids.ts';
import type { Handled, HandleOptions } from '@tradewind/outbox/command-store.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Inventory } from '#inventory.ts';
import { existing, type MaybeOrder, type Order } from '#order/order.ts';
import type { PaymentOutcome, Payments } from '#payments.ts';
import type { OrderStore, Private } from '#store.ts';
import { failPayment, markPaid, startPayment } from './decide.ts';

export interface PayDeps {
  readonly orders: OrderStore;
  readonly inventory: Inventory;
  readonly payments: Payments;
}

/** Options of the command that records the outcome, besides its context. */
export type OutcomeOptions = Pick<HandleOptions<MaybeOrder>, 'inbox' | 'idempotency'>;

/**
 * Opens the order's payment, keeping its stock from lapsing first: nobody is charged for stock that is gone. The paymentId
 * is stored before the call, so whoever goes on after a crash asks for the same payment.
 */
export async function openPayment(
  { orders, inventory }: PayDeps,
  order: { readonly orderId: string; readonly reservationId: string },
  data: Pick<Private, 'paymentToken' | 'paymentKey'>,
  context: CommandContext,
  expectedVersion?: number,
): Promise<{ readonly order: Order; readonly version: number }> {
  await inventory.hold(order.reservationId, context);
  failpoint('pay.held');
  const { state, version } = await orders.handle(
    order.orderId,
    (current, { now }) => startPayment(current, newId(), now, expectedVersion),
    { context, beside: data },
  );
  failpoint('pay.opened');
  return { order: existing(state), version };
}

const free: PaymentOutcome = { status: 'CAPTURED', transactionId: null, code: null };

/** Asks the payment-adapter to make the open payment, or what became of it. Waits at most `waitMs`. */
export async function callPayment(
  { payments }: PayDeps,
  order: Order,
  token: string | undefined,
  context: CommandContext,
  waitMs: number,
): Promise<PaymentOutcome & { readonly paymentId: string }> {
  const { orderId, userId, currency, total: amount, paymentId } = order;
  const request = { paymentId: paymentId ?? '', orderId, userId, amount, currency, token };
  // The gateway takes no charge of nothing.
  const outcome = amount === 0n ? free : await payments.pay(request, context, waitMs);
  failpoint('pay.called');
  return { ...outcome, paymentId: request.paymentId };
}

/** Stores a known outcome. An unknown one changes nothing: the saga's timer asks again. */
export async function settlePayment(
  { orders }: PayDeps,
  orderId: string,
  outcome: PaymentOutcome & { readonly paymentId: string },
  context: CommandContext,
  options: OutcomeOptions = {},
): Promise<Handled<MaybeOrder> | undefined> {
  if (outcome.status === 'PENDING') return undefined;
  const settled = await orders.handle(
    orderId,
    (order, { now }) =>
      outcome.status === 'CAPTURED'
        ? markPaid(order, outcome, now)
        : failPayment(order, { ...outcome, code: outcome.code ?? 'PAYMENT_DECLINED', reason: null }),
    { context, ...options },
  );
  failpoint('pay.settled');
  return settled;
}
