import { Pool } from 'undici';
import { z } from 'zod';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { formatAmount } from '@tradewind/kernel/money.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { ServiceToken } from '@tradewind/service/service-token.ts';

export interface PaymentRequest {
  readonly paymentId: string;
  readonly orderId: string;
  readonly userId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
  /** The gateway's token of the payment method. */
  readonly token?: string | undefined;
}

/** What became of a payment. PENDING also stands for "nobody knows yet". */
export interface PaymentOutcome {
  readonly status: 'CAPTURED' | 'FAILED' | 'PENDING';
  readonly transactionId: string | null;
  readonly code: string | null;
}

export interface RefundOutcome {
  /** FAILED: no money moved, and none will by this refundId. */
  readonly status: 'REFUNDED' | 'PENDING' | 'FAILED';
  readonly transactionId: string | null;
  readonly code: string | null;
}

export interface RefundRequest {
  readonly paymentId: string;
  readonly refundId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string | null;
}

/** What the order service needs of the payment-adapter. */
export interface Payments {
  /** Makes a payment, or tells what became of it: the same paymentId is never charged twice. Never throws. */
  pay(request: PaymentRequest, context: CommandContext, waitMs: number): Promise<PaymentOutcome>;
  /** Gives a captured payment back, wholly or in part, once per refundId. Never throws. */
  refund(request: RefundRequest, context: CommandContext, waitMs: number): Promise<RefundOutcome>;
  close(): Promise<void>;
}

const paymentReply = z.object({
  status: z.enum(['CAPTURED', 'FAILED', 'PENDING']),
  transactionId: z.string().nullish(),
  code: z.string().nullish(),
});
const refundReply = z.object({
  status: z.enum(['REFUNDED', 'PENDING', 'FAILED']),
  transactionId: z.string().nullish(),
  code: z.string().nullish(),
});
const refusal = z.object({ code: z.string() });

/** The adapter refuses with these before it records anything: no money moves by that paymentId or refundId. */
const REFUSED_PAYMENTS = new Set(['PAYMENT_UNAVAILABLE', 'ORDER_HAS_PAYMENT', 'PAYMENT_ID_REUSED']);
const REFUSED_REFUNDS = new Set(['PAYMENT_NOT_FOUND', 'PAYMENT_NOT_CAPTURED', 'REFUND_EXCEEDS_CAPTURE']);

/** Time for the network beyond the time that the adapter may take. */
const MARGIN_MS = 1_000;

export function paymentAdapter(url: string, token: ServiceToken, log: Log): Payments {
  const pool = new Pool(url, { connections: 64, connectTimeout: 1_000 });

  async function post(path: string, body: object, context: CommandContext, waitMs: number) {
    const response = await pool.request({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await token(context.storeId)}`,
        'correlation-id': context.correlationId,
        'deadline-ms': String(waitMs),
        ...(context.traceparent ? { traceparent: context.traceparent } : {}),
      },
      body: JSON.stringify(body),
      headersTimeout: waitMs + MARGIN_MS,
      bodyTimeout: waitMs + MARGIN_MS,
    });
    return { status: response.statusCode, body: await response.body.json() };
  }

  return {
    async pay({ amount, ...request }, context, waitMs) {
      try {
        const body = { ...request, amount: formatAmount(amount, request.currency) };
        const reply = await post('/api/v1/payments', body, context, waitMs);
        if (reply.status >= 300) {
          const refused = refusal.safeParse(reply.body).data?.code ?? '';
          if (REFUSED_PAYMENTS.has(refused)) return { status: 'FAILED', transactionId: null, code: refused };
          throw new DomainError('PAYMENT_REFUSED', 'bug', `adapter answered ${reply.status}`);
        }
        const { status, transactionId, code } = paymentReply.parse(reply.body);
        return { status, transactionId: transactionId ?? null, code: code ?? null };
      } catch (error) {
        // Not reached, too slow, or an answer that makes no sense: the outcome is unknown, so it is asked for later.
        log.warn({ paymentId: request.paymentId, error: String(error) }, 'a payment has no outcome yet');
        return { status: 'PENDING', transactionId: null, code: null };
      }
    },
    async refund({ paymentId, amount, currency, ...request }, context, waitMs) {
      const { refundId } = request;
      try {
        const body = { ...request, amount: formatAmount(amount, currency) };
        const reply = await post(`/api/v1/payments/${paymentId}/refunds`, body, context, waitMs);
        const code = refusal.safeParse(reply.body).data?.code ?? '';
        if (REFUSED_REFUNDS.has(code)) {
          log.error({ paymentId, refundId, code }, 'the payment-adapter takes no such refund');
          return { status: 'FAILED', transactionId: null, code };
        }
        if (reply.status >= 300)
          throw new DomainError('REFUND_REFUSED', 'bug', `adapter answered ${reply.status}`);
        const outcome = refundReply.parse(reply.body);
        return {
          status: outcome.status,
          transactionId: outcome.transactionId ?? null,
          code: outcome.code ?? null,
        };
      } catch (error) {
        log.warn({ refundId, error: String(error) }, 'a refund has no outcome yet');
        return { status: 'PENDING', transactionId: null, code: null };
      }
    },
    close: () => pool.close(),
  };
}
