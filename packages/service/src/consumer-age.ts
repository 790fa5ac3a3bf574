import type { Broker } from '@tradewind/messaging/broker.ts';
import { StoreAway } from '@tradewind/outbox/store-away.ts';

/** How old events are when this process comes to them. */
export interface ConsumerAge {
  /** The broker, with its subscriptions watched. */
  readonly broker: Broker;
  /** Age of the oldest event in hand, or of what was in hand a moment ago; 0 where all is applied. */
  ageMs(now: number): number;
}

/** A partition that sends nothing for this long has nothing more: what lags comes without a pause. */
const REST_MS = 2_000;

interface Place {
  /** When its oldest event in hand was published; undefined between batches. */
  inHand: number | undefined;
  /** How old the last one was when it was taken, and when it was done. */
  age: number;
  doneAt: number;
  /** It waits for a store of read models, not for this service: until one of its batches succeeds it counts for nothing. */
  excused: boolean;
}

/**
 * Lag as time, from the events themselves: no question to the brokers, and exact also where events are few and far between.
 */
export function watchConsumers(broker: Broker, clock: () => number = Date.now): ConsumerAge {
  const places = new Map<string, Place>();
  return {
    broker: {
      ...broker,
      subscribe: (options) =>
        broker.subscribe({
          ...options,
          async onBatch(batch, signal) {
            const [first] = batch;
            if (!first) return options.onBatch(batch, signal);
            const name = `${options.group} ${first.topic} ${first.partition}`;
            const excused = places.get(name)?.excused ?? false;
            const place: Place = { inHand: first.timestamp, age: 0, doneAt: 0, excused };
            places.set(name, place);
            try {
              await options.onBatch(batch, signal);
            } catch (error) {
              place.excused ||= error instanceof StoreAway;
              throw error;
            } finally {
              place.doneAt = clock();
              place.age = place.excused ? 0 : place.doneAt - first.timestamp;
              place.inHand = undefined;
            }
            place.excused = false;
          },
        }),
    },
    ageMs(now) {
      let oldest = 0;
      for (const { inHand, age, doneAt, excused } of places.values()) {
        if (excused) continue;
        const one = inHand === undefined ? (now - doneAt < REST_MS ? age : 0) : now - inHand;
        if (one > oldest) oldest = one;
      }
      return oldest;
    },
  };
}
