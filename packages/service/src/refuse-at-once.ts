import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';

/**
 * Runs calls under a breaker that refuses at once while it is open: the library would let calls wait for the one that
 * probes a half-open breaker, and whoever has a fallback is quicker without.
 */
export function refuseAtOnce(policy: CircuitBreakerPolicy, refusal: () => Error) {
  return async <T>(call: () => Promise<T>): Promise<T> => {
    if (policy.state === CircuitState.HalfOpen) throw refusal();
    let ran = false;
    return policy
      .execute(() => {
        ran = true;
        return call();
      })
      .catch((error: unknown) => {
        throw ran ? error : refusal();
      });
  };
}
