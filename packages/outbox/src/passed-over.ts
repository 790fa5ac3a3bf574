import type { Message } from '@tradewind/messaging/broker.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** Of which event of which key. */
export interface PassedOver {
  readonly storeId: string;
  readonly projection: string;
  readonly topic: string;
  readonly key: string;
  readonly version: number;
}

/** Every version of a projection goes on without this event, and those that are built later too. Repeated, it changes nothing. */
export async function passOver(
  tx: Transaction,
  { storeId, projection, topic, key, version }: PassedOver,
): Promise<void> {
  await tx.query(
    `insert into passed_over_events (store_id, projection, topic, partition_key, aggregate_version)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [storeId, projection, topic, key, version],
  );
}

/** The aggregate's version as its header says; undefined where it says none. */
export function versionIn(headers: Message['headers']): number | undefined {
  const version = Number(headers['aggregateVersion'] ?? Number.NaN);
  return Number.isInteger(version) ? version : undefined;
}

/** Versions of the message's key that were given up, of the transaction's tenant. */
export async function passedOver(
  tx: Transaction,
  projection: string,
  { topic, key }: Pick<Message, 'topic' | 'key'>,
): Promise<ReadonlySet<number>> {
  const rows = await tx.query<{ version: number }>(
    `select aggregate_version as version from passed_over_events
     where store_id = $1 and projection = $2 and topic = $3 and partition_key = $4`,
    [tx.storeId, projection, topic, key],
  );
  return new Set(rows.map(({ version }) => version));
}

/** Whether this event itself was given up. */
export async function isPassedOver(tx: Transaction, projection: string, message: Message): Promise<boolean> {
  const version = versionIn(message.headers);
  return version !== undefined && (await passedOver(tx, projection, message)).has(version);
}
