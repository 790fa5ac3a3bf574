import { type AuditDetails, type AuditHead, hashOf } from '@tradewind/contracts/audit-chain.ts';
import { alreadyApplied, type InboxReceipt, recordReceipts } from '@tradewind/outbox/inbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** Something that somebody may have to answer for. */
export interface Act {
  readonly actor: string;
  readonly action: string;
  /** `<kind>:<id>` */
  readonly resource: string;
  readonly details?: AuditDetails;
}

/** Adds an entry to the tenant's chain, in the transaction of the act itself: neither is there without the other. */
export async function note(
  tx: Transaction,
  { details = {}, ...act }: Act,
  { at = tx.now, eventId = null }: { readonly at?: Date; readonly eventId?: string | null } = {},
): Promise<void> {
  const { storeId } = tx;
  await tx.query('insert into audit_heads (store_id) values ($1) on conflict (store_id) do nothing', [
    storeId,
  ]);
  const [head] = await tx.query<AuditHead>(
    'select seq, hash from audit_heads where store_id = $1 for update',
    [storeId],
  );
  if (!head) throw new Error(`tenant ${storeId} has no end of its audit log`);
  const entry = { ...act, details, at, eventId, storeId, seq: head.seq + 1n };
  const hash = hashOf(head.hash, entry);
  await tx.query(
    `insert into audit_log (store_id, seq, at, actor, action, resource, details, event_id, previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[storeId, entry.seq, at, act.actor, act.action, act.resource],
      ...[JSON.stringify(details), eventId, head.hash, hash],
    ],
  );
  await tx.query('update audit_heads set seq = $2, hash = $3 where store_id = $1', [
    storeId,
    entry.seq,
    hash,
  ]);
}

/** What the events of other services are noted with, once each. */
export interface AuditTrail {
  /** @param act undefined for an event of the kind that nobody has to answer for */
  record(
    event: { readonly eventId: string; readonly storeId: string; readonly occurredAt: Date },
    inbox: InboxReceipt,
    act: Act | undefined,
  ): Promise<void>;
}

interface Heard {
  readonly event: Parameters<AuditTrail['record']>[0];
  readonly inbox: InboxReceipt;
  readonly act: Act | undefined;
}

/** Most events are a receipt only, and come as fast as orders are canceled: those of a tenant share a transaction. */
export function auditTrail(db: Database): AuditTrail {
  const keep = groupCommit<Heard, void>({
    groupOf: ({ event }) => event.storeId,
    run: (storeId, batch) =>
      db.transaction(storeId, async (tx) => {
        const receipts = batch.map(({ inbox }) => inbox);
        const applied = await alreadyApplied(tx, receipts);
        await recordReceipts(
          tx,
          receipts.filter((receipt) => !applied(receipt)),
        );
        for (const { event, inbox, act } of batch)
          if (act && !applied(inbox)) await note(tx, act, { at: event.occurredAt, eventId: event.eventId });
        return batch.map(() => ({ ok: true, value: undefined }));
      }),
  });
  return { record: (event, inbox, act) => keep({ event, inbox, act }) };
}
