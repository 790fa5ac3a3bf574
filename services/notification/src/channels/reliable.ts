import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { refuseAtOnce } from '@tradewind/service/refuse-at-once.ts';
import { type Answer, type Channel, ChannelFailure, type Outgoing } from './channel.ts';

/** Failures in a row after which a sink is left alone for a while. */
const FAILURES = 5;

export interface ReliableChannel extends Channel {
  /** How many messages may go out at once now: none while the breaker is open, one to see whether the sink is back. */
  readonly room: number;
  readonly breakerOpen: boolean;
}

export interface ReliableOptions {
  readonly concurrency: number;
  /** How long a sink is left alone. */
  readonly restMs: number;
  /** Monotonic ms. */
  readonly now: () => number;
}

/** A channel with a breaker around it: while its sink is away, no tries are spent on it. */
export function reliable(channel: Channel, { concurrency, restMs, now }: ReliableOptions): ReliableChannel {
  let restsUntil = 0;
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  policy.onBreak(() => {
    restsUntil = now() + restMs;
  });
  const execute = refuseAtOnce(
    policy,
    () => new ChannelFailure('BREAKER_OPEN', 'the sink has failed too often'),
  );
  return {
    name: channel.name,
    send: (message: Outgoing): Promise<Answer> => execute(() => channel.send(message)),
    close: () => channel.close(),
    get room() {
      if (policy.state === CircuitState.Closed) return concurrency;
      return now() >= restsUntil ? 1 : 0;
    },
    get breakerOpen() {
      return policy.state !== CircuitState.Closed;
    },
  };
}
