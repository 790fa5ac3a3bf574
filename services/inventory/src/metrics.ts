import { metrics } from '@opentelemetry/api';
import { isDomainError } from '@tradewind/kernel/errors.ts';

export interface ReservationMetrics {
  /** Counts how an attempt to reserve ended; passes it on as it is. */
  counted<T>(attempt: Promise<T>): Promise<T>;
  /** Reservations that lapsed. */
  expired(count: number): void;
}

export function reservationMetrics(): ReservationMetrics {
  const meter = metrics.getMeter('tradewind.inventory');
  const made = meter.createCounter('inventory_reservations_total', {
    description: 'Reservations made or repeated',
  });
  const failures = meter.createCounter('inventory_reservation_failures_total', {
    description: 'Reservations refused or failed, by code',
  });
  // The series is there before the first refusal, so that a rate over it is never empty.
  failures.add(0, { code: 'INSUFFICIENT_STOCK' });
  const lapsed = meter.createCounter('inventory_reservations_expired_total', {
    description: 'Reservations that lapsed',
  });
  return {
    async counted(attempt) {
      try {
        const result = await attempt;
        made.add(1);
        return result;
      } catch (error) {
        failures.add(1, { code: isDomainError(error) ? error.code : 'INTERNAL' });
        throw error;
      }
    },
    expired: (count) => lapsed.add(count),
  };
}
