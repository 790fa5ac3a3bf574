import type { Broker } from '@tradewind/messaging/broker.ts';

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
            const place: Place = { inHand: first.timestamp, age: 0, doneAt: 0 };
            places.set(`${options.group} ${first.topic} ${first.partition}`, place);
            try {
              await options.onBatch(batch, signal);
            } finally {
              place.doneAt = clock();
              place.age = place.doneAt - first.timestamp;
              place.inHand = undefined;
            }
          },
        }),
    },
    ageMs(now) {
      let oldest = 0;
      for (const { inHand, age, doneAt } of places.values()) {
        const one = inHand === undefined ? (now - doneAt < REST_MS ? age : 0) : now - inHand;
        if (one > oldest) oldest = one;
      }
      return oldest;
    },
  };
}
