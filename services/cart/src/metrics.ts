import { metrics } from '@opentelemetry/api';
import type { OrderAnswer } from '#orders.ts';

export interface CheckoutMetrics {
  /** How a checkout ended. */
  settled(as: Exclude<OrderAnswer['kind'], 'unknown'>): void;
}

export interface CartMetrics extends CheckoutMetrics {
  abandoned(count: number): void;
  /** A read of a cart, by where it was answered. */
  read(from: 'copy' | 'database'): void;
  /** What prices were shown. */
  priced(status: 'CURRENT' | 'LAST_KNOWN'): void;
}

export function cartMetrics(): CartMetrics {
  const meter = metrics.getMeter('tradewind.cart');
  const checkouts = meter.createCounter('cart_checkouts_total', {
    description: 'Checkouts by how they ended',
  });
  const abandoned = meter.createCounter('carts_abandoned_total', {
    description: 'Carts that nobody touched for too long',
  });
  const reads = meter.createCounter('cart_reads_total', {
    description: 'Reads of carts by where they were answered',
  });
  const prices = meter.createCounter('cart_prices_total', {
    description: 'Carts shown, by what their prices were',
  });
  // Series are there before the first event, so that a rate over them is never empty.
  for (const outcome of ['made', 'refused']) checkouts.add(0, { outcome });
  for (const from of ['copy', 'database']) reads.add(0, { from });
  for (const status of ['CURRENT', 'LAST_KNOWN']) prices.add(0, { status });
  abandoned.add(0);
  return {
    settled: (outcome) => checkouts.add(1, { outcome }),
    abandoned: (count) => abandoned.add(count),
    read: (from) => reads.add(1, { from }),
    priced: (status) => prices.add(1, { status }),
  };
}
