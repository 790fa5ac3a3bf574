import { newId } from '@tradewind/kernel/ids.ts';
import { alreadyApplied, type InboxReceipt, recordReceipts } from '@tradewind/outbox/inbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { localeOf, type Notice, plan } from './decide.ts';
import { kinds } from './kinds.ts';
import { insertMessages, type NewMessage } from './rows.ts';
import { noPreferences } from '#preferences/preferences.ts';
import { findPreferences } from '#preferences/rows.ts';
import { templatesInUse } from '#templates/rows.ts';

/** An event, and who is to be told what about it; nobody where it concerns nobody. */
export interface Telling {
  readonly storeId: string;
  readonly correlationId: string;
  readonly occurredAt: Date;
  readonly inbox: InboxReceipt;
  readonly notice: Notice | undefined;
}

export type Notify = (telling: Telling) => Promise<void>;

/**
 * Turns events into messages, once each: what is to be sent commits with the note that the event was applied. Events of
 * one tenant that come at once share a transaction.
 */
export function notifier(db: Database, onSuppressed: (message: NewMessage) => void): Notify {
  return groupCommit<Telling, void>({
    groupOf: ({ storeId }) => storeId,
    run: async (storeId, tellings) => {
      const messages = await db.transaction(storeId, (tx) => tell(tx, tellings));
      messages.forEach(onSuppressed);
      return tellings.map(() => ({ ok: true as const, value: undefined }));
    },
  });
}

async function tell(tx: Transaction, tellings: readonly Telling[]): Promise<NewMessage[]> {
  const receipts = tellings.map(({ inbox }) => inbox);
  const applied = await alreadyApplied(tx, receipts);
  const fresh = tellings.filter(({ inbox }) => !applied(inbox));
  const told = fresh.flatMap(({ notice, ...telling }) => (notice ? [{ ...telling, notice }] : []));
  const messages = told.length === 0 ? [] : await messagesOf(tx, told);
  await insertMessages(tx, messages);
  await recordReceipts(
    tx,
    fresh.map(({ inbox }) => inbox),
  );
  return messages;
}

async function messagesOf(
  tx: Transaction,
  told: readonly (Telling & { readonly notice: Notice })[],
): Promise<NewMessage[]> {
  const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const preferences = await findPreferences(tx, unique(told.map(({ notice }) => notice.recipient)));
  const templates = await templatesInUse(tx, unique(told.map(({ notice }) => notice.kind)));
  return told.flatMap(({ notice, inbox, correlationId, occurredAt }) => {
    const { recipient, kind, resource } = notice;
    const wishes = preferences.get(recipient) ?? noPreferences(recipient);
    const deliveries = plan(notice, wishes, templates, tx.now.getTime() - occurredAt.getTime());
    if (deliveries.length === 0) return [];
    const locale = localeOf(wishes);
    return {
      ...{ notificationId: newId(), recipient, kind, resource, locale, correlationId },
      category: kinds[kind].category,
      eventId: inbox.eventId,
      deliveries: deliveries.map((planned) => ({ deliveryId: newId(), ...planned })),
    };
  });
}
