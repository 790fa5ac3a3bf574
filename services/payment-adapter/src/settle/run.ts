import { formatAmount } from '@tradewind/kernel/money.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { CarryOut, Operation, Result, Try } from '#gateway/carry-out.ts';
import type { Provider } from '#payment/payment.ts';
import { type Outcome, pending, refundOutcome, paymentOutcome } from '#payment/outcome.ts';
import { type PaymentOutcome, settlePayment } from '#settle-payment/decide.ts';
import { settleRefund } from '#settle-refund/decide.ts';
import type { PaymentStore } from '#store.ts';
import type { Job } from './job.ts';
import type { Postponement, Timers } from './timers.ts';

export interface RunParts {
  readonly store: PaymentStore;
  readonly timers: Timers;
  readonly carryOut: CarryOut;
  readonly logTries: (job: Job, tries: readonly Try[]) => Promise<void>;
  readonly leaseMs: number;
  readonly callTimeoutMs: number;
  readonly log: Logger;
}

/**
 * Carries a job out at the gateway and records what became of it. Every way out leaves either a settled record or a
 * timer; so does a crash, because the job's timer was set before.
 */
export type Run = (job: Job) => Promise<Outcome>;

export function createRun(parts: RunParts): Run {
  const { store, timers, carryOut, logTries, leaseMs, callTimeoutMs, log } = parts;

  /** Records an answer by its job's kind; undefined where the answer does not fit the question. */
  async function record(
    job: Job,
    result: Extract<Result, { kind: 'answered' }>,
  ): Promise<Outcome | undefined> {
    const { answer, channel, tries } = result;
    const { status, transactionId } = answer;
    const code = answer.code ?? status;
    if (job.kind === 'CHARGE') {
      if (status === 'CAPTURED' && transactionId !== null) {
        return settle(job, { kind: 'captured', transactionId, code }, channel, tries);
      }
      if (status !== 'DECLINED' && status !== 'REFUSED') return undefined;
      return settle(job, { kind: 'declined', transactionId, code }, channel, tries);
    }
    if (status === 'REFUNDED' && transactionId !== null) {
      const command = { refundId: job.id, transactionId, code, provider: channel, attempt: tries.length };
      const { state } = await store.handle(
        job.orderId,
        (before, { now }) => settleRefund(before, command, now),
        {
          context: job.context,
        },
      );
      return refundOutcome(state.refunds.get(job.id));
    }
    if (status !== 'DECLINED' && status !== 'REFUSED') return undefined;
    log.error({ refundId: job.id, paymentId: job.paymentId, code }, 'the gateway refuses a refund');
    await timers.failRefund(job, { code, transactionId, provider: channel, tries: tries.length });
    return { status: 'FAILED', transactionId, code };
  }

  async function settle(
    job: Job,
    outcome: PaymentOutcome,
    provider: Provider,
    tries: readonly Try[],
  ): Promise<Outcome> {
    const command = { paymentId: job.id, outcome, provider, attempt: Math.max(tries.length, 1) };
    const { state } = await store.handle(
      job.orderId,
      (before, { now }) => settlePayment(before, command, now),
      {
        context: job.context,
      },
    );
    if (outcome.kind === 'captured' && state.payments.get(job.id)?.status === 'REVERSED') {
      log.warn(
        { paymentId: job.id, orderId: job.orderId },
        'captured at the gateway after it was given up: it is paid back',
      );
    }
    return paymentOutcome(state.payments.get(job.id));
  }

  /** The outcome, or why there is none yet. */
  async function conclude(job: Job, result: Result): Promise<Outcome | Postponement> {
    switch (result.kind) {
      case 'answered': {
        const outcome = await record(job, result);
        if (outcome) return outcome;
        log.error(
          { kind: job.kind, id: job.id, status: result.answer.status },
          'the answer does not fit the question',
        );
        return { postponed: 'ANSWER_MISFIT' };
      }
      case 'mismatch':
        log.error({ kind: job.kind, id: job.id }, 'the gateway holds another amount or order under this key');
        return { postponed: 'IDEMPOTENCY_MISMATCH' };
      case 'not-sent':
        if (job.kind === 'REFUND' || job.resumed) return { postponed: 'PAYMENT_UNAVAILABLE' };
        return giveUp(job, 'PAYMENT_UNAVAILABLE', result);
      case 'unknown':
        if (job.kind === 'CHARGE' && !job.maySend && job.quiet && result.neverSeen) {
          return giveUp(job, 'EXPIRED', result);
        }
        return { postponed: 'UNKNOWN' };
      default:
        return result satisfies never;
    }
  }

  async function giveUp(
    job: Job,
    code: 'PAYMENT_UNAVAILABLE' | 'EXPIRED',
    { tries }: Result,
  ): Promise<Outcome> {
    const provider = tries.at(-1)?.channel ?? 'SOAP';
    return settle(job, { kind: 'given-up', code, claim: job.claim }, provider, tries);
  }

  return async (job) => {
    const name = job.kind === 'CHARGE' ? 'payment' : 'refund';
    failpoint(`${name}.recorded`);
    // The last call must end within the lease: two of them (ask, send) may follow each other.
    const until = performance.now() + leaseMs - 2 * callTimeoutMs;
    const options = { maybeDone: job.resumed, maySend: job.maySend, until };
    const result = await carryOut(operationOf(job), options);
    failpoint(`${name}.called`);
    const logged = logTries(job, result.tries);
    const concluded = await conclude(job, result);
    if ('postponed' in concluded) await timers.postpone(job, concluded);
    failpoint('postponed' in concluded ? `${name}.postponed` : `${name}.settled`);
    await logged;
    return 'postponed' in concluded ? pending : concluded;
  };
}

function operationOf(job: Job): Operation {
  const { id: key, orderId, currency, token, captureId } = job;
  const amount = formatAmount(job.amount, currency);
  return {
    key,
    send: (channel, signal) =>
      job.kind === 'CHARGE'
        ? channel.charge({ key, orderId, amount, currency, token }, signal)
        : channel.refund({ key, transactionId: captureId ?? '', amount, currency }, signal),
  };
}
