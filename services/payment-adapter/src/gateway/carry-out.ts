import {
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
} from 'cockatiel';
import type { Provider } from '#payment/payment.ts';
import type { Breaker } from './breaker.ts';
import { type Answer, type Channel, GatewayFailure } from './channel.ts';

/** One call that was made. */
export interface Try {
  readonly channel: Provider;
  readonly action: 'SEND' | 'QUERY';
  /** The gateway's status, or the code of the failure. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** A charge or a refund to be carried out once. */
export interface Operation {
  readonly key: string;
  send(channel: Channel, signal: AbortSignal): Promise<Answer>;
}

export interface CarryOutOptions {
  /** Somebody may have sent it before (a crash, a timeout): ask first what became of it. */
  readonly maybeDone: boolean;
  /** False = only ask. */
  readonly maySend: boolean;
  /** `performance.now()` after which no call is begun. */
  readonly until: number;
}

export type Result = { readonly tries: readonly Try[] } & (
  | { readonly kind: 'answered'; readonly answer: Answer; readonly channel: Provider }
  /** The gateway has certainly done nothing for this run. */
  | { readonly kind: 'not-sent' }
  /** Nobody can tell. `neverSeen`: the gateway said that it does not know the key, and nothing was sent after that. */
  | { readonly kind: 'unknown'; readonly neverSeen: boolean }
  /** The key stands for something else at the gateway: a person has to look. */
  | { readonly kind: 'mismatch' }
);

export type CarryOut = (operation: Operation, options: CarryOutOptions) => Promise<Result>;

export interface GatewayOptions {
  readonly soap: Channel;
  readonly rest: Channel;
  readonly breaker: Breaker;
  readonly callTimeoutMs: number;
  onTry(made: Try): void;
}

const SOAP_ATTEMPTS = 5;
const REST_ATTEMPTS = 2;
const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 });
const worthRetrying = handleWhen((error) => error instanceof GatewayFailure && error.code !== 'BREAKER_OPEN');
const soapRetry = retry(worthRetrying, { maxAttempts: SOAP_ATTEMPTS - 1, backoff });
const restRetry = retry(worthRetrying, { maxAttempts: REST_ATTEMPTS - 1, backoff });

/** The end of a run: not a failure of the gateway. */
class OutOfTime extends Error {}

/**
 * Has an operation done by the gateway, once: SOAP with retries under a breaker, then the REST twin. The key makes repeats
 * harmless; all the same, whenever an earlier call may have been carried out, the gateway is asked before it is sent
 * again.
 */
export function createGateway({ soap, rest, breaker, callTimeoutMs, onTry }: GatewayOptions): CarryOut {
  const limit = timeout(callTimeoutMs, TimeoutStrategy.Aggressive);

  async function call(channel: Channel, run: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const limited = () =>
      limit
        .execute(({ signal }) => run(signal))
        .catch((error: unknown) => {
          throw error instanceof TaskCancelledError ? new GatewayFailure('TIMEOUT', error.message) : error;
        });
    return channel === soap ? breaker.execute(limited) : limited();
  }

  return async (operation, { maybeDone, maySend, until }) => {
    const tries: Try[] = [];
    const state = { maybeDone, neverSeen: false };

    async function tried(channel: Channel, action: Try['action']): Promise<Answer> {
      if (performance.now() > until) throw new OutOfTime();
      const started = performance.now();
      let outcome = 'BUG';
      try {
        const answer = await call(channel, (signal) =>
          action === 'QUERY' ? channel.query(operation.key, signal) : operation.send(channel, signal),
        );
        outcome = answer.status;
        return answer;
      } catch (error) {
        if (error instanceof GatewayFailure) outcome = error.code;
        throw error;
      } finally {
        const made = {
          channel: channel.name,
          action,
          outcome,
          durationMs: Math.round(performance.now() - started),
        };
        tries.push(made);
        onTry(made);
      }
    }

    /** Asks if need be, then sends. Undefined: the gateway does not know the key, and sending is not allowed. */
    async function askAndSend(channel: Channel): Promise<Answer | undefined> {
      if (state.maybeDone) {
        const answer = await tried(channel, 'QUERY');
        if (answer.status !== 'UNKNOWN') return answer;
        state.neverSeen = true;
      }
      if (!maySend) return undefined;
      try {
        state.neverSeen = false;
        return await tried(channel, 'SEND');
      } catch (error) {
        if (error instanceof GatewayFailure && error.maybeDone) state.maybeDone = true;
        throw error;
      }
    }

    function resultOf(answer: Answer | undefined, channel: Channel): Result {
      if (!answer) return { kind: 'unknown', neverSeen: true, tries };
      if (answer.code === 'IDEMPOTENCY_MISMATCH') return { kind: 'mismatch', tries };
      return { kind: 'answered', answer, channel: channel.name, tries };
    }

    try {
      try {
        return resultOf(await soapRetry.execute(() => askAndSend(soap)), soap);
      } catch (error) {
        if (!(error instanceof GatewayFailure)) throw error;
        return resultOf(await restRetry.execute(() => askAndSend(rest)), rest);
      }
    } catch (error) {
      if (!(error instanceof GatewayFailure) && !(error instanceof OutOfTime)) throw error;
      return state.maybeDone
        ? { kind: 'unknown', neverSeen: state.neverSeen, tries }
        : { kind: 'not-sent', tries };
    }
  };
}
