import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** Names one delivery to one consumer: the consumer's stable name and the event's id. */
export interface InboxReceipt {
  readonly consumer: string;
  readonly eventId: string;
}

const key = (receipt: InboxReceipt): string => `${receipt.consumer} ${receipt.eventId}`;

const select = `
  select i.consumer, i.event_id as "eventId" from inbox i
  join json_to_recordset($1) as r (consumer text, event_id uuid)
    on i.consumer = r.consumer and i.event_id = r.event_id`;

const insert = `
  insert into inbox (store_id, consumer, event_id)
  select $1, consumer, event_id from json_to_recordset($2) as r (consumer text, event_id uuid)`;

const toJson = (receipts: readonly InboxReceipt[]): string =>
  JSON.stringify(receipts.map(({ consumer, eventId }) => ({ consumer, event_id: eventId })));

/** Answers which of the receipts were already applied, as a predicate. */
export async function alreadyApplied(
  tx: Transaction,
  receipts: readonly InboxReceipt[],
): Promise<(receipt: InboxReceipt) => boolean> {
  if (receipts.length === 0) return () => false;
  const rows = await tx.query<InboxReceipt>(select, [toJson(receipts)]);
  const applied = new Set(rows.map(key));
  return (receipt) => applied.has(key(receipt));
}

/**
 * Records that the effects in this transaction are those of these events. Fails on a receipt that another
 * transaction recorded meanwhile (a consumer that lost its partition and does not know it yet).
 */
export async function recordReceipts(tx: Transaction, receipts: readonly InboxReceipt[]): Promise<void> {
  if (receipts.length > 0) await tx.query(insert, [tx.storeId, toJson(receipts)]);
}
