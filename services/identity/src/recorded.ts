import type { FastifyRequest } from 'fastify';
import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { replying } from '@tradewind/service/idempotency.ts';

/** Keeps a reply for repeats of the request, in the transaction of its effect. Nothing to do without an Idempotency-Key. */
export async function recorded(
  tx: Transaction,
  request: FastifyRequest,
  status: number,
  body: object,
): Promise<void> {
  const reply = { status, body: JSON.stringify(body) };
  const { idempotency } = replying(request, () => reply);
  if (!idempotency) return;
  await tx.actFor(idempotency.key.storeId);
  await recordReplies(tx, [{ ...idempotency.key, ...reply }]);
}
