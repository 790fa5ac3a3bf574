import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { ChannelName, Kind } from '#messages/kinds.ts';
import type { Template } from './template.ts';

export interface KeptTemplate extends Template {
  readonly active: boolean;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** Which text is meant: it has many versions, and one of them at most is in use. */
export interface Place {
  readonly key: Kind;
  readonly channel: ChannelName;
  readonly locale: string;
}

const columns = `
  template as key, channel, locale, version, subject, body, active, created_by as "createdBy", created_at as "createdAt"`;
const inUse = `select ${columns} from notification_templates where store_id = $1 and active and template = any($2)`;
const ofPlace = `store_id = $1 and template = $2 and channel = $3 and locale = $4`;
const versions = `select ${columns} from notification_templates where ${ofPlace} order by version desc`;
const insert = `
  insert into notification_templates
    (store_id, template, channel, locale, version, subject, body, active, created_by, created_at)
  values ($1, $2, $3, $4, $5, $6, $7, true, $8, $9)`;
// Of two statements, as two rows of a place may not be in use for a moment either.
const retire = `update notification_templates set active = false where ${ofPlace} and active returning version`;
const use = `update notification_templates set active = true where ${ofPlace} and version = $5`;
/** Writers of one place follow each other. */
const lock = `select pg_advisory_xact_lock(hashtextextended($1, 0))`;

const placeOf = (tx: Transaction, { key, channel, locale }: Place) => [tx.storeId, key, channel, locale];

/** The store's own texts that are in use, of these kinds. */
export const templatesInUse = (tx: Transaction, keys: readonly Kind[]): Promise<KeptTemplate[]> =>
  tx.query<KeptTemplate>(inUse, [tx.storeId, keys]);

export const versionsOf = (tx: Transaction, place: Place): Promise<KeptTemplate[]> =>
  tx.query<KeptTemplate>(versions, placeOf(tx, place));

export const lockPlace = (tx: Transaction, place: Place): Promise<object[]> =>
  tx.query(lock, [placeOf(tx, place).join(' ')]);

/** Puts a new version into use. */
export async function addVersion(tx: Transaction, it: KeptTemplate): Promise<void> {
  await tx.query(retire, placeOf(tx, it));
  await tx.query(insert, [...placeOf(tx, it), it.version, it.subject, it.body, it.createdBy, it.createdAt]);
}

/** Takes the version in use out of it, and another one in where one is named. Answers whether one was in use. */
export async function useVersion(
  tx: Transaction,
  place: Place,
  version: number | undefined,
): Promise<boolean> {
  const retired = await tx.query(retire, placeOf(tx, place));
  if (version !== undefined) await tx.query(use, [...placeOf(tx, place), version]);
  return retired.length > 0;
}
