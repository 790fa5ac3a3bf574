import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { CdcChange } from '@tradewind/contracts/cdc.ts';
import { type CdcRow, cdcTables, type CdcTopic } from '@tradewind/contracts/cdc-tables.ts';

/**
 * A change of a row as projections take it: under its topic as type, the row's own version, and the last part of its key as
 * the row's key. Only for tables whose rows have versions; projections ask for the row by `capturedRow`. A deletion says neither whose
 * the row was nor its version, so it is no change of a projection's row.
 */
export function capturedEvent({
  topic,
  operation,
  row,
  committedAtMs,
  lsn,
}: CdcChange): AnyEvent | undefined {
  if (operation === 'deleted') return undefined;
  const values = row as unknown as Readonly<Record<string, unknown>>;
  const event = {
    eventId: `${topic} ${lsn}`,
    eventType: topic,
    occurredAt: new Date(committedAtMs),
    producer: 'cdc',
    storeId: String(values['store_id']),
    partitionKey: String(values[cdcTables[topic].key.at(-1) ?? '']),
    aggregateVersion: Number(values['version'] ?? 1),
    payload: row,
  };
  return event as unknown as AnyEvent;
}

/** The row that an event tells, if it is a change of this topic. */
export const capturedRow = <Topic extends CdcTopic>(
  event: AnyEvent,
  topic: Topic,
): CdcRow<Topic> | undefined =>
  (event.eventType as string) === topic ? (event.payload as unknown as CdcRow<Topic>) : undefined;
