import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelOrder } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { given, LATER, NOW, place } from '#order/order.fixture.ts';
import type { Order } from '#order/order.ts';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { countBefore, type Dated, foldBefore } from './as-of.ts';

const cancel = { actor: 'ADMIN', reason: null, mayCancel: () => true, needsApproval: () => false, now: NOW };

/** What may be tried next; a refusal leaves the order as it is. */
const attempts: readonly ((order: Order) => readonly OrderEvent[])[] = [
  (order) => startPayment(order, `PAY-${order.version}`, NOW),
  (order) => markPaid(order, { paymentId: order.paymentId ?? '', transactionId: 'T' }, NOW),
  (order) => cancelOrder(order, cancel),
  (order) => expireOrder(order, LATER),
];

const history = fc.array(
  fc.record({ attempt: fc.constantFrom(...attempts), wait: fc.integer({ min: -3, max: 50 }) }),
  { maxLength: 12 },
);

/** A stream whose times mostly grow: a transaction that waited for a lock may have begun before the one ahead of it. */
function streamOf(steps: readonly { attempt: (typeof attempts)[number]; wait: number }[]): Dated[] {
  let time = NOW.getTime();
  const stream = place.map((event): Dated => ({ event, at: NOW }));
  for (const { attempt, wait } of steps) {
    time += wait;
    let events: readonly OrderEvent[] = [];
    try {
      events = attempt(given(...stream.map(({ event }) => event)));
    } catch (error) {
      expect(error).toHaveProperty('kind');
    }
    stream.push(...events.map((event): Dated => ({ event, at: new Date(time) })));
  }
  return stream;
}

describe('an order of the past', () => {
  it('is the fold of its stream up to there, and the present the fold of all of it', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: -10, max: 700 }), (steps, after) => {
        const stream = streamOf(steps);
        const end = new Date(NOW.getTime() + after);
        const past = foldBefore(stream, end);
        const known = past?.version ?? 0;
        expect(past).toEqual(
          known === 0 ? undefined : given(...stream.slice(0, known).map(({ event }) => event)),
        );
        // Everything in it had happened, and it stops for one reason only.
        expect(stream.slice(0, known).every(({ at }) => at < end)).toBe(true);
        expect(stream[known] === undefined || stream[known].at >= end).toBe(true);
        expect(foldBefore(stream, new Date(8.64e15))).toEqual(given(...stream.map(({ event }) => event)));
      }),
    );
  });

  it('never loses what an earlier past had', () => {
    fc.assert(
      fc.property(history, fc.nat(700), fc.nat(700), (steps, a, b) => {
        const stream = streamOf(steps);
        const count = (after: number) => countBefore(stream, new Date(NOW.getTime() + after));
        expect(count(Math.min(a, b))).toBeLessThanOrEqual(count(Math.max(a, b)));
      }),
    );
  });
});
