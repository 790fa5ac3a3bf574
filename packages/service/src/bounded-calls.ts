import {
  type CircuitBreakerPolicy,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  retry,
  wrap,
} from 'cockatiel';
import { type DomainError, isDomainError } from '@tradewind/kernel/errors.ts';

const isAway = (error: unknown): boolean => isDomainError(error) && error.kind === 'unavailable';

/** Calls of one callee. */
export interface BoundedCalls {
  readonly breaker: CircuitBreakerPolicy;
  <T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Unreachable is tried so many times, then refused with `unavailable`; after ten failures in a row the breaker refuses at
 * once for a second.
 */
export function boundedCalls(tries: number, unavailable: (cause: unknown) => DomainError): BoundedCalls {
  const unreachable = handleWhen(isAway);
  const breaker = circuitBreaker(unreachable, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(10) });
  const backoff = new ExponentialBackoff({ initialDelay: 100, maxDelay: 1_000 });
  const bounded = wrap(retry(unreachable, { maxAttempts: tries - 1, backoff }), breaker);

  async function call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await bounded.execute(work);
    } catch (error) {
      throw isBrokenCircuitError(error) || isAway(error) ? unavailable(error) : error;
    }
  }
  return Object.assign(call, { breaker });
}
