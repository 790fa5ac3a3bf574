import { alreadyApplied, type InboxReceipt, recordReceipts } from '@tradewind/outbox/inbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Accounts } from './identity-client.ts';

interface Told {
  readonly storeId: string;
  readonly customerId: string;
  readonly inbox: InboxReceipt;
}

/** What follows from customers who come and go. */
export interface Addresses {
  /** Keeps the account's address. */
  learn(told: Told): Promise<void>;
  /** Erases what is personal: wishes and addresses, and the text of messages. What is not sent yet is not sent. */
  erase(told: Told): Promise<void>;
}

const keep = `
  insert into notification_preferences as p (store_id, recipient, account_email, updated_at) values ($1, $2, $3, $4)
  on conflict (store_id, recipient) do update
    set account_email = excluded.account_email, version = p.version + 1, updated_at = excluded.updated_at`;
const forget = `delete from notification_preferences where store_id = $1 and recipient = $2`;
// A message that is being sent now is in the hands of its sink already; its outcome finds no PENDING row.
const blank = `
  update notification_deliveries d set address = null, subject = null, body = null, updated_at = $3,
    status = case when d.status = 'PENDING' then 'SUPPRESSED' else d.status end,
    code = case when d.status = 'PENDING' then 'ERASED' else d.code end, next_attempt_at = null, leased_until = null
  from notifications n
  where n.store_id = $1 and n.recipient = $2 and d.store_id = n.store_id and d.notification_id = n.notification_id`;

export function customerAddresses(db: Database, accounts: Accounts): Addresses {
  const once = (storeId: string, inbox: InboxReceipt, work: (tx: Transaction) => Promise<void>) =>
    db.transaction(storeId, async (tx) => {
      const applied = await alreadyApplied(tx, [inbox]);
      if (applied(inbox)) return;
      await work(tx);
      await recordReceipts(tx, [inbox]);
    });

  return {
    async learn({ storeId, customerId, inbox }) {
      const email = await accounts.emailOf(storeId, customerId);
      await once(storeId, inbox, async (tx) => {
        if (email !== undefined) await tx.query(keep, [storeId, customerId, email, tx.now]);
      });
    },
    erase: ({ storeId, customerId, inbox }) =>
      once(storeId, inbox, async (tx) => {
        await tx.query(forget, [storeId, customerId]);
        await tx.query(blank, [storeId, customerId, tx.now]);
      }),
  };
}
