import { isUuid } from '@tradewind/kernel/ids.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { content } from './read.ts';
import type { Letter } from './letter.ts';
import { settleLetter } from './topic-letters.ts';

/**
 * Gives an event up for one consumer: it counts as dealt with, so that what waits behind it goes on. Its dead letter in
 * `dlq.<consumer>` stays, and so does the event itself. A row of the outbox is lost to all consumers.
 */
export async function drop(stack: RunningStack, letter: Letter): Promise<void> {
  const { id, storeId, consumer } = letter;
  if (id.kind === 'topic') return settleLetter(stack, id, 'dropped');
  const { headers } = await content(stack, id);
  await stack.transaction(id.database, storeId, async (tx) => {
    if (id.kind === 'outbox') {
      await tx.execute('delete from outbox where id = $1', [id.row]);
      return;
    }
    await tx.execute('delete from parked_events where id = $1', [id.row]);
    const version = await projectionVersion(tx, consumer);
    if (version === undefined) await noteReceipt(tx, letter, headers['eventId']);
    else await passOver(tx, `${consumer}_v${version}`, letter, Number(headers['aggregateVersion']));
  });
}

/** A receipt: should the broker deliver it again, it is not applied after all. */
async function noteReceipt(
  tx: Transaction,
  { storeId, consumer }: Letter,
  eventId: string | undefined,
): Promise<void> {
  // Whoever wrote to the topic past an outbox may have given it any id; what has no receipt is parked again.
  if (eventId === undefined || !isUuid(eventId)) return;
  await tx.execute(
    'insert into inbox (store_id, consumer, event_id) values ($1, $2, $3) on conflict do nothing',
    [storeId, consumer, eventId],
  );
}

/** The projection's row goes on from the dropped version; else the next event would be a gap. */
async function passOver(
  tx: Transaction,
  table: string,
  { storeId, topic, key }: Letter,
  version: number,
): Promise<void> {
  const [column] = await tx.execute<{ name: string }>(
    `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $1::regclass and i.indisprimary and a.attname <> 'store_id'`,
    [table],
  );
  if (column === undefined || !Number.isInteger(version)) return;
  await tx.execute(
    `update ${table} set versions = versions || jsonb_build_object($1::text, $2::int)
     where store_id = $3 and ${column.name} = $4 and coalesce((versions->>$1)::int, 0) < $2`,
    [topic, version, storeId, key],
  );
}

async function projectionVersion(tx: Transaction, consumer: string): Promise<number | undefined> {
  const [live] = await tx.execute<{ version: number }>(
    `select version from projections where name = $1 and state = 'live'`,
    [consumer],
  );
  return live?.version;
}
