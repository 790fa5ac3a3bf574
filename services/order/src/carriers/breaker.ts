import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { refuseAtOnce } from '@tradewind/service/refuse-at-once.ts';
import { CarrierFailure } from './failure.ts';

/** Failures in a row after which a carrier is left alone. */
const FAILURES = 5;

export interface Breaker {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Runs a call, or throws CarrierFailure BREAKER_OPEN at once. One call at a time probes a half-open breaker. */
  execute<T>(call: () => Promise<T>): Promise<T>;
}

export function createBreaker(halfOpenAfterMs: number): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  return {
    get state() {
      if (policy.state === CircuitState.Closed) return 'CLOSED';
      return policy.state === CircuitState.HalfOpen ? 'HALF_OPEN' : 'OPEN';
    },
    execute: refuseAtOnce(policy, open),
  };
}

const open = (): CarrierFailure => new CarrierFailure('BREAKER_OPEN', 'the carrier has failed too often');
