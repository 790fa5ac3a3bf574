import { newId } from '@tradewind/kernel/ids.ts';
import { eachDatabaseWith, sql } from '../e2e/database.fixture.ts';

/** Letters of a consumer that nobody is: they lie there until somebody drops them. */
const CONSUMER = 'walk';

/** The same number in every service, so that a path that names it finds one wherever it leads. */
export async function makeDeadLetters(storeId: string): Promise<string> {
  const id = String(Date.now() * 1_000);
  const headers = { eventId: newId(), eventType: 'ecommerce.walk.walk.walked.v1', storeId };
  await dropDeadLetters();
  await eachDatabaseWith('parked_events', (database) =>
    sql(
      database,
      `insert into parked_events (id, store_id, consumer, topic, partition_key, partition, kafka_offset, headers, payload,
         error_code, error, attempts) overriding system value
       values ($1::bigint, $2, $3, 'walk', $1::bigint::text, 0, $1::bigint, $4, 'x', 'UNEXPECTED', 'to be walked', 1)`,
      [id, storeId, CONSUMER, JSON.stringify(headers)],
    ),
  );
  return id;
}

/** What walks have left, also those that were cut off: a row that waits would be a finding of everybody who looks for such. */
export async function dropDeadLetters(): Promise<void> {
  await eachDatabaseWith('parked_events', (database) =>
    sql(database, 'delete from parked_events where consumer = $1', [CONSUMER]),
  );
}
