import { z } from 'zod';
import { type Answer, GatewayFailure } from './channel.ts';

const id = z.string().min(1).max(255);
const code = z.string().min(1).max(100);

/** Answers as both channels carry them (payment.wsdl, payment-gateway.yaml). Nothing else is believed. */
const charge = z.object({ transactionId: id, status: z.enum(['CAPTURED', 'DECLINED']), code });
const refund = z.object({ refundId: id, status: z.enum(['REFUNDED', 'DECLINED']), code });
const query = z.object({
  status: z.enum(['CAPTURED', 'DECLINED', 'REFUNDED', 'UNKNOWN']),
  transactionId: id.optional(),
  code: code.optional(),
});

/** @throws GatewayFailure MALFORMED */
export const chargeAnswer = (value: unknown): Answer => believe(charge, value);

export function refundAnswer(value: unknown): Answer {
  const { refundId, ...rest } = believe(refund, value);
  return { ...rest, transactionId: refundId };
}

export function queryAnswer(value: unknown): Answer {
  const { status, transactionId = null, code: reason = null } = believe(query, value);
  if (status !== 'UNKNOWN' && transactionId === null) throw malformed('an outcome without its transaction');
  return { status, transactionId, code: reason };
}

export const refused = (reason: string): Answer => ({ status: 'REFUSED', transactionId: null, code: reason });

export function malformed(detail: string, cause?: unknown): GatewayFailure {
  return new GatewayFailure('MALFORMED', detail, cause);
}

function believe<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw malformed(z.prettifyError(result.error));
  return result.data;
}
