import {
  ExponentialBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
} from 'cockatiel';
import { done, refused } from './answers.ts';
import { createBreaker } from './breaker.ts';
import type { Answer, CallOptions, Carrier, Label, Outcome, ShipmentOrder } from './carrier.ts';
import { CarrierFailure } from './failure.ts';
import { carrierMetrics } from './metrics.ts';
import { checkSignature } from './signature.ts';
import type { CarrierWire } from './wire.ts';

export interface ReliableOptions {
  /** Longest time of one call. */
  readonly callTimeoutMs: number;
  readonly halfOpenAfterMs: number;
  /** Pause before the second try; the third waits longer. */
  readonly retryDelayMs: number;
  readonly callbackSecret: string;
  /** epoch ms */
  readonly now: () => number;
}

const TRIES = 3;
const WITHIN_MS = 6_000;
const pointless: ReadonlySet<string> = new Set(['BREAKER_OPEN', 'OUT_OF_TIME', 'DENIED']);
const worthRepeating = handleWhen((error) => error instanceof CarrierFailure && !pointless.has(error.code));

/**
 * A carrier's language with what makes it dependable around it: a time limit on each call and on all of them, three tries, a
 * breaker, and outcomes in place of exceptions. Every call here may be repeated: reading changes nothing, a purchase has its
 * reference, and a label is given back once.
 */
export function reliable(wire: CarrierWire, options: ReliableOptions): Carrier {
  const breaker = createBreaker(options.halfOpenAfterMs);
  const record = carrierMetrics(wire.code, breaker);
  const { retryDelayMs: initialDelay } = options;
  const again = retry(worthRepeating, {
    maxAttempts: TRIES - 1,
    backoff: new ExponentialBackoff({ initialDelay, maxDelay: initialDelay * 10 }),
  });

  async function call<T>(
    operation: string,
    until: number,
    run: (signal: AbortSignal) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const left = until - performance.now();
    if (left <= 0) throw new CarrierFailure('OUT_OF_TIME', 'no time is left');
    const limit = timeout(Math.min(left, options.callTimeoutMs), TimeoutStrategy.Aggressive);
    const started = performance.now();
    let outcome = 'BUG';
    try {
      const answer = await breaker.execute(() =>
        limit
          .execute(({ signal }) => run(signal))
          .catch((error: unknown) => {
            throw error instanceof TaskCancelledError
              ? new CarrierFailure('TIMEOUT', 'no answer in time')
              : error;
          }),
      );
      outcome = answer.kind === 'DONE' ? 'DONE' : answer.code;
      return answer;
    } catch (error) {
      if (error instanceof CarrierFailure) outcome = error.code;
      throw error;
    } finally {
      record({ operation, outcome, durationMs: performance.now() - started });
    }
  }

  /** Tries until there is an answer; `work` is told until when it may begin a call. */
  async function outcomeOf<T>(
    { withinMs = WITHIN_MS }: CallOptions,
    work: (until: number) => Promise<Answer<T>>,
  ): Promise<Outcome<T>> {
    const until = performance.now() + withinMs;
    // Stays so for good: what an earlier try has sent may still be on its way.
    let maybeDone = false;
    try {
      return await again.execute(() =>
        work(until).catch((error: unknown) => {
          maybeDone ||= error instanceof CarrierFailure && error.maybeDone;
          throw error;
        }),
      );
    } catch (error) {
      if (!(error instanceof CarrierFailure)) throw error;
      return { kind: maybeDone ? 'UNKNOWN' : 'UNAVAILABLE', detail: `${error.code}: ${error.message}` };
    }
  }

  async function buyLabel(shipment: ShipmentOrder, callOptions: CallOptions = {}): Promise<Outcome<Label>> {
    let maybeBought = false;
    const settleAndBuy = async (until: number): Promise<Answer<Label>> => {
      if (maybeBought) {
        const found = await call('FIND', until, (signal) => wire.findLabel(shipment.shipmentId, signal));
        if (found.kind === 'REFUSED') return found;
        if (found.value) return done(found.value);
      }
      try {
        return await call('BUY', until, (signal) => wire.buyLabel(shipment, signal));
      } catch (error) {
        if (error instanceof CarrierFailure && error.maybeDone) maybeBought = true;
        throw error;
      }
    };
    return outcomeOf(callOptions, settleAndBuy);
  }

  return {
    code: wire.code,
    get breakerOpen() {
      return breaker.state === 'OPEN';
    },
    quote: (parcel, callOptions = {}) =>
      outcomeOf(callOptions, (until) => call('QUOTE', until, (signal) => wire.quote(parcel, signal))),
    buyLabel,
    findLabel: (shipmentId, callOptions = {}) =>
      outcomeOf(callOptions, (until) => call('FIND', until, (signal) => wire.findLabel(shipmentId, signal))),
    track: (trackingNumber, callOptions = {}) =>
      outcomeOf(callOptions, (until) => call('TRACK', until, (signal) => wire.track(trackingNumber, signal))),
    cancelLabel: (trackingNumber, callOptions = {}) =>
      outcomeOf(callOptions, (until) =>
        call('CANCEL', until, (signal) => wire.cancelLabel(trackingNumber, signal)),
      ),
    verifyCallback(headers, rawBody) {
      const signed = checkSignature(headers, rawBody, options.callbackSecret, options.now());
      if (signed.kind === 'REFUSED') return signed;
      try {
        return done(wire.readCallback(rawBody.toString()));
      } catch (error) {
        if (!(error instanceof CarrierFailure)) throw error;
        return refused('MALFORMED_CALLBACK', error.message);
      }
    },
    close: () => wire.close(),
  };
}
