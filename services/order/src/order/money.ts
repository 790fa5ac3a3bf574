import { exponentOf } from '@tradewind/kernel/money.ts';
import type { Order } from './order.ts';

/** What is kept of the customer's money, in minor units. */
export const owed = ({ captured, refunded }: Pick<Order, 'captured' | 'refunded'>): bigint =>
  captured - refunded;

/** What may still be promised to go back: refunds under way count as gone. */
export function refundable(order: Pick<Order, 'captured' | 'refunded' | 'refunds'>): bigint {
  const open = order.refunds.filter(({ state }) => state === 'REQUESTED');
  return open.reduce((left, { amount }) => left - amount, owed(order));
}

/** Paid for, and all of it given back or promised: its pieces would be gone for nothing. An order that cost nothing never is. */
export const allGivenBack = (order: Pick<Order, 'captured' | 'refunded' | 'refunds'>): boolean =>
  order.captured > 0n && refundable(order) === 0n;

/** Tells orders over a limit, given in whole units of whatever currency: 1000.00 is a thousand dollars, or yen. */
export function approvalAbove(limit: string): (order: Pick<Order, 'total' | 'currency'>) => boolean {
  const [whole = '0', fraction = ''] = limit.split('.');
  return ({ total, currency }) => {
    const exponent = exponentOf(currency);
    // Compared in units of the limit's own last digit, so that no digit of either is lost.
    const scale = Math.max(exponent, fraction.length);
    const minor = BigInt(whole + fraction.padEnd(scale, '0'));
    return total * 10n ** BigInt(scale - exponent) > minor;
  };
}
