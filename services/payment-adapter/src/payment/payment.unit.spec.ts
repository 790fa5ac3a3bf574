import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { fold } from '@tradewind/kernel/decider.ts';
import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { type SettlePayment, settlePayment } from '#settle-payment/decide.ts';
import { settleRefund } from '#settle-refund/decide.ts';
import { startPayment } from '#start-payment/decide.ts';
import { startRefund } from '#start-refund/decide.ts';
import type { PaymentEvent } from './events.ts';
import {
  evolve,
  leftNothing,
  noPayments,
  type OrderPayments,
  refundRequested,
  requested,
  reversalId,
} from './payment.ts';

const now = new Date('2026-01-01T00:00:00Z');
const paymentId = fc.constantFrom('p1', 'p2', 'p3');
const refundId = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const outcome: fc.Arbitrary<SettlePayment['outcome']> = fc.oneof(
  fc.record({
    kind: fc.constant('captured' as const),
    transactionId: fc.constantFrom('t1', 't2'),
    code: fc.constant('00'),
  }),
  fc.record({
    kind: fc.constant('declined' as const),
    transactionId: fc.constant(null),
    code: fc.constant('CARD_DECLINED'),
  }),
  fc.record({
    kind: fc.constant('given-up' as const),
    code: fc.constantFrom('PAYMENT_UNAVAILABLE' as const, 'EXPIRED' as const),
    claim: fc.constantFrom(1, 2),
  }),
);

/** Anything that can be asked of the payments of one order, in any order and as often as you like. */
const step = fc.oneof(
  fc.record({ do: fc.constant('start' as const), paymentId }),
  fc.record({ do: fc.constant('settle' as const), paymentId, outcome }),
  fc.record({
    do: fc.constant('refund' as const),
    ...{ paymentId, refundId },
    amount: fc.option(fc.bigInt(-5n, 1_500n), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('settle refund' as const), refundId }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(state: OrderPayments, it: Step): { state: OrderPayments; events: readonly PaymentEvent[] } {
  switch (it.do) {
    case 'start': {
      const command = {
        paymentId: it.paymentId,
        orderId: 'o1',
        userId: null,
        amount: 1_000n,
        currency: 'USD',
      };
      const payment = startPayment(state, command);
      return { state: payment ? requested(state, payment) : state, events: [] };
    }
    case 'settle': {
      const command = { paymentId: it.paymentId, outcome: it.outcome, provider: 'SOAP' as const, attempt: 1 };
      const events = settlePayment(state, command, now);
      return { state: fold(evolve, state, events), events };
    }
    case 'refund': {
      const refund = startRefund(state, { ...it, reason: null });
      return { state: refund ? refundRequested(state, refund) : state, events: [] };
    }
    case 'settle refund': {
      const command = {
        refundId: it.refundId,
        transactionId: 'rt',
        code: '00',
        provider: 'REST' as const,
        attempt: 1,
      };
      const events = settleRefund(state, command, now);
      return { state: fold(evolve, state, events), events };
    }
    default:
      return it satisfies never;
  }
}

function play(steps: readonly Step[]): { state: OrderPayments; events: PaymentEvent[] } {
  let state = noPayments;
  const events: PaymentEvent[] = [];
  for (const it of steps) {
    try {
      const taken = take(state, it);
      state = taken.state;
      events.push(...taken.events);
    } catch (error) {
      if (!isDomainError(error)) throw error;
    }
  }
  return { state, events };
}

const minor = ({ payload }: PaymentEvent): bigint => fromDecimal(payload.amount, payload.currency);
const sum = (events: readonly PaymentEvent[]): bigint =>
  events.reduce((total, event) => total + minor(event), 0n);
const ofType = (events: readonly PaymentEvent[], name: string) =>
  events.filter(({ type }) => type.endsWith(`.${name}.v1`));

describe('payments of an order', () => {
  it.prop([fc.array(step, { maxLength: 60 })])(
    'keeps at most one capture and never refunds more',
    (steps) => {
      const { state, events } = play(steps);
      const captured = ofType(events, 'captured');
      const kept = captured.filter(
        ({ payload }) => state.payments.get(payload.paymentId)?.status === 'CAPTURED',
      );
      expect(kept.length).toBeLessThanOrEqual(1);
      expect(new Set(captured.map(({ payload }) => payload.paymentId)).size).toBe(captured.length);
      expect(ofType(events, 'authorized')).toHaveLength(captured.length);
      expect(sum(ofType(events, 'refunded'))).toBeLessThanOrEqual(sum(captured));
      const refunds = ofType(events, 'refunded').map(
        ({ payload }) => 'refundId' in payload && payload.refundId,
      );
      expect(new Set(refunds).size).toBe(refunds.length);
      const alive = [...state.payments.values()].filter((payment) => !leftNothing(payment));
      expect(alive.length).toBeLessThanOrEqual(1);
      for (const { paymentId: id, status } of state.payments.values()) {
        expect(state.refunds.has(reversalId(id))).toBe(status === 'REVERSED');
      }
    },
  );

  it.prop([fc.array(step, { maxLength: 30 })])(
    'a settled payment stays as it is, but for a late capture',
    (steps) => {
      const settled = new Map<string, string>();
      for (let length = 1; length <= steps.length; length++) {
        for (const { paymentId: id, status } of play(steps.slice(0, length)).state.payments.values()) {
          const before = settled.get(id) ?? status;
          expect(before === 'FAILED' ? ['FAILED', 'REVERSED'] : [before]).toContain(status);
          if (['CAPTURED', 'FAILED', 'REVERSED'].includes(status)) settled.set(id, status);
        }
      }
    },
  );
});
