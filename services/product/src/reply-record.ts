import { type IdempotencyRecord, recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { FastifyRequest } from 'fastify';

/** Stores the reply of a POST that has an Idempotency-Key, in the transaction of what it reports. */
export async function recordReply(
  tx: Transaction,
  { idempotencyKey }: FastifyRequest,
  { status, body }: { status: number; body: object },
): Promise<void> {
  if (!idempotencyKey) return;
  const record: IdempotencyRecord = { ...idempotencyKey, status, body: JSON.stringify(body) };
  await recordReplies(tx, [record]);
}
