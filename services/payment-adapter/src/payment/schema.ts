import { z } from 'zod';

const visible = (example: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/)
    .meta({ example });

export const paymentId = visible('01990b1c-9c5e-7b41-9d1f-0c9f5a8f2a11');
export const orderId = visible('01990b1c-9c5e-7b41-9d1f-0c9f5a8f2a10');
export const refundId = visible('01990b1c-9c5e-7b41-9d1f-0c9f5a8f2a12');
export const amount = z.union([z.string(), z.number()]).meta({ example: '129.50' });
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ example: 'USD' });

/** How long a caller waits for an outcome before the answer is PENDING. */
export const deadlineHeader = z.object({
  'deadline-ms': z.coerce.number().int().min(0).max(60_000).default(3_000),
});

export const paymentReply = z
  .object({
    paymentId: z.string(),
    orderId: z.string(),
    amount: z.string(),
    currency: z.string(),
    status: z.enum(['CAPTURED', 'FAILED', 'PENDING']),
    transactionId: z.string().nullable(),
    code: z.string().nullable().meta({ description: '00 for a capture, else why it failed' }),
  })
  .meta({ id: 'Payment' });

export const refundReply = z
  .object({
    refundId: z.string(),
    paymentId: z.string(),
    amount: z.string(),
    currency: z.string(),
    status: z.enum(['REFUNDED', 'FAILED', 'PENDING']),
    transactionId: z.string().nullable(),
    code: z.string().nullable(),
  })
  .meta({ id: 'Refund' });
