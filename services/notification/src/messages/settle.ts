import { newId } from '@tradewind/kernel/ids.ts';
import type { DomainEvent, EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type Due, drawVersions, type Settlement, storeSettlements } from './deliveries.ts';

/** A try and what came of it. */
export interface Tried {
  readonly due: Due;
  readonly settlement: Settlement;
}

/** Stores what became of tries: status and event commit together. One call holds tries of one tenant. */
export async function settle(
  { db, encoder, onCommit }: { db: Database; encoder: EventEncoder; onCommit: () => void },
  storeId: string,
  tried: readonly Tried[],
): Promise<void> {
  await db.transaction(storeId, async (tx) => {
    const counted = await storeSettlements(
      tx,
      tried.map(({ settlement }) => settlement),
    );
    const ended = tried.filter(
      ({ due, settlement }) => counted.has(due.deliveryId) && settlement.status !== 'PENDING',
    );
    await publish(tx, encoder, ended);
    failpoint('deliver.saved');
  });
  onCommit();
  failpoint('deliver.committed');
}

async function publish(tx: Transaction, encoder: EventEncoder, ended: readonly Tried[]): Promise<void> {
  if (ended.length === 0) return;
  const byRecipient = Map.groupBy(ended, ({ due }) => due.recipient);
  const counts = new Map([...byRecipient].map(([recipient, own]) => [recipient, own.length]));
  const last = await drawVersions(tx, counts);
  const rows = [...byRecipient].flatMap(([recipient, own]) =>
    own.map(({ due, settlement }, index) =>
      encoder.encode(
        {
          event: eventOf(due, settlement, tx.now),
          eventId: newId(),
          version: (last.get(recipient) ?? 0) - own.length + 1 + index,
          context: { storeId: tx.storeId, correlationId: due.correlationId, causationId: due.eventId },
        },
        tx.now,
      ),
    ),
  );
  await appendToOutbox(tx, rows);
}

function eventOf(
  due: Due,
  { status, code, providerMessageId, attempts }: Settlement,
  now: Date,
): DomainEvent {
  const { recipient, notificationId, deliveryId, kind, category, channel, resource } = due;
  const about = {
    recipient,
    notificationId,
    deliveryId,
    template: kind,
    category,
    channel,
    resource,
    attempts,
  };
  return status === 'SENT'
    ? {
        type: 'ecommerce.notification.notification.sent.v1',
        payload: { ...about, providerMessageId, sentAt: now },
      }
    : {
        type: 'ecommerce.notification.notification.failed.v1',
        payload: { ...about, code: code ?? 'UNKNOWN', failedAt: now },
      };
}
