import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  handleAll,
  type IBreaker,
} from 'cockatiel';
import { refuseAtOnce } from '@tradewind/service/refuse-at-once.ts';
import { GatewayFailure } from './channel.ts';

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

export interface BreakerChange {
  readonly state: BreakerState;
  readonly reason: string | null;
}

export interface Breaker {
  readonly state: BreakerState;
  /** Runs a call, or throws GatewayFailure BREAKER_OPEN at once. One call at a time probes a half-open breaker. */
  execute<T>(call: () => Promise<T>): Promise<T>;
}

/** Opens on 5 failures in a row, or half of at least 10 among the last 20 calls. */
function eitherBreaker(): IBreaker {
  const row = new ConsecutiveBreaker(5);
  // The library opens above its threshold, not at it: 0.49 makes exactly half of up to 20 calls count.
  const share = new CountBreaker({ threshold: 0.49, size: 20, minimumNumberOfCalls: 10 });
  return {
    get state() {
      return { row: row.state, share: share.state };
    },
    set state(value: unknown) {
      const { row: inARow, share: samples } = value as { row: number; share: unknown };
      row.state = inARow;
      share.state = samples;
    },
    success(state) {
      row.success();
      share.success(state);
    },
    failure(state) {
      const [inARow, ofShare] = [row.failure(), share.failure(state)];
      return inARow || ofShare;
    },
  };
}

export function createBreaker(options: {
  readonly halfOpenAfterMs: number;
  onChange(change: BreakerChange): void;
}): Breaker {
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: options.halfOpenAfterMs,
    breaker: eitherBreaker(),
  });
  policy.onStateChange(() => {
    const state = stateOf(policy);
    const failure = policy.lastFailure;
    const reason = state === 'OPEN' && failure && 'error' in failure ? String(failure.error) : null;
    options.onChange({ state, reason });
  });
  return {
    get state() {
      return stateOf(policy);
    },
    execute: refuseAtOnce(policy, open),
  };
}

const open = (): GatewayFailure => new GatewayFailure('BREAKER_OPEN', 'the breaker over SOAP is open');

function stateOf(policy: CircuitBreakerPolicy): BreakerState {
  switch (policy.state) {
    case CircuitState.Closed:
      return 'CLOSED';
    case CircuitState.HalfOpen:
      return 'HALF_OPEN';
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'OPEN';
    default:
      return policy.state satisfies never;
  }
}
