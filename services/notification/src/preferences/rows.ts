import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Preferences } from './preferences.ts';

const columns = `
  recipient, channels, locale, email, phone, push_token as "pushToken", slack_channel as "slackChannel",
  account_email as "accountEmail", version, updated_at as "updatedAt"`;

const select = `select ${columns} from notification_preferences where store_id = $1 and recipient = any($2)`;

const upsert = `
  insert into notification_preferences (store_id, recipient, channels, locale, email, phone, push_token, slack_channel,
    account_email, version, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (store_id, recipient) do update set channels = excluded.channels, locale = excluded.locale,
    email = excluded.email, phone = excluded.phone, push_token = excluded.push_token,
    slack_channel = excluded.slack_channel, account_email = excluded.account_email, version = excluded.version,
    updated_at = excluded.updated_at
    where notification_preferences.version = excluded.version - 1
  returning 1`;

/** Of those recipients who have any. */
export async function findPreferences(
  tx: Transaction,
  recipients: readonly string[],
): Promise<Map<string, Preferences>> {
  const rows = await tx.query<Preferences>(select, [tx.storeId, recipients]);
  return new Map(rows.map((row) => [row.recipient, row]));
}

/** Whether it was stored: not where somebody else has stored this version or a later one. */
export async function savePreferences(tx: Transaction, it: Preferences): Promise<boolean> {
  const saved = await tx.query(upsert, [
    ...[tx.storeId, it.recipient, JSON.stringify(it.channels), it.locale, it.email, it.phone, it.pushToken],
    ...[it.slackChannel, it.accountEmail, it.version, it.updatedAt],
  ]);
  return saved.length > 0;
}
