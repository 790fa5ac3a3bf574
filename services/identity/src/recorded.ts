import type { FastifyRequest } from 'fastify';
import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** Keeps a reply for repeats of the request, in the transaction of its effect. Nothing to do without an Idempotency-Key. */
export async function recorded(
  tx: Transaction,
  request: FastifyRequest,
  status: number,
  body: object,
): Promise<void> {
  const key = request.idempotencyKey;
  if (!key) return;
  await tx.actFor(key.storeId);
  await recordReplies(tx, [{ ...key, status, body: JSON.stringify(body) }]);
}
