import type { IncomingHttpHeaders } from 'node:http';
import { newId } from '@tradewind/kernel/ids.ts';
import { z } from 'zod';
import { GatewayFault } from '#fault.ts';

const key = z.string().min(1).max(255);
const amount = z.coerce.string().regex(/^\d{1,16}(\.\d{1,4})?$/);
const currency = z.string().regex(/^[A-Z]{3}$/);

/** Requests of both channels, as schemas/wsdl/payment.wsdl and schemas/openapi/payment-gateway.yaml have them. */
export const processPayment = z.strictObject({
  idempotencyKey: key,
  orderId: z.string().min(1),
  amount,
  currency,
  paymentToken: z.string().optional(),
});
export const refundPayment = z.strictObject({
  idempotencyKey: key,
  transactionId: z.string().min(1),
  amount,
  currency,
});
export const queryPayment = z.strictObject({ idempotencyKey: key });

/**
 * Body or parameters with their idempotency key: the field, or else the header of that name. A charge without either is
 * one of its own each time, as with any gateway.
 */
export function keyed(value: unknown, headers: IncomingHttpHeaders, orElse?: () => string): unknown {
  const body = (value ?? {}) as { readonly idempotencyKey?: unknown };
  if (typeof body !== 'object' || body.idempotencyKey !== undefined) return value;
  const idempotencyKey = headers['idempotency-key'] ?? orElse?.();
  return idempotencyKey === undefined ? value : { ...body, idempotencyKey };
}

export const newKey = (): string => `unkeyed-${newId()}`;

/** @throws GatewayFault INVALID_REQUEST */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new GatewayFault(
    'INVALID_REQUEST',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
    'caller',
  );
}
