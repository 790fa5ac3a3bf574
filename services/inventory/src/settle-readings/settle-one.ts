import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { inventoryError } from '#errors.ts';
import { lockOpen, moveReadings, type ReadingState } from '#reading-table.ts';
import { type SettleDeps, settleReadings } from './settle.ts';

export interface SettleOneDeps extends SettleDeps {
  readonly db: Database;
  wakeRelay(): void;
}

export interface SettleOne {
  readonly tenant: string;
  readonly readingId: string;
  readonly action: 'apply' | 'drop';
  readonly by: string;
}

/** What became of it: PARKED where the stock cannot take it still. */
export interface SettledOne {
  readonly readingId: string;
  readonly state: ReadingState;
}

/** A repeat changes nothing. @throws DomainError READING_NOT_FOUND, READING_REFUSED, READING_SETTLED */
export async function settleOne(
  deps: SettleOneDeps,
  { tenant, readingId, action, by }: SettleOne,
  idempotency?: { readonly key: IdempotencyKey; reply(result: SettledOne, events: number): StoredReply },
): Promise<SettledOne> {
  const settled = await deps.db.transaction(tenant, async (tx): Promise<SettledOne> => {
    const open = await lockOpen(tx, [readingId]);
    const [reading] = open;
    if (!reading) return settledBefore(tx, readingId, action);
    if (action === 'apply' && reading.state === 'REFUSED') throw inventoryError('READING_REFUSED');
    let state: ReadingState = 'DROPPED';
    if (action === 'drop') await moveReadings(tx, [{ reading_id: readingId, state }], by);
    else state = (await settleReadings(tx, deps, open, by)).applied === 1 ? 'APPLIED' : 'PARKED';
    const result = { readingId, state };
    if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(result, 1) }]);
    return result;
  });
  deps.wakeRelay();
  return settled;
}

const OUTCOME = { apply: 'APPLIED', drop: 'DROPPED' } as const;

async function settledBefore(
  tx: Transaction,
  readingId: string,
  action: SettleOne['action'],
): Promise<SettledOne> {
  const [known] = await tx.query<SettledOne>(
    `select reading_id as "readingId", state from device_reading where reading_id = $1`,
    [readingId],
  );
  if (!known) throw inventoryError('READING_NOT_FOUND');
  if (known.state !== OUTCOME[action]) throw inventoryError('READING_SETTLED');
  return known;
}
