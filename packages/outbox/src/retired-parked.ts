import type pg from 'pg';
import { parkingName } from './projector.ts';

const columns = `store_id, topic, partition_key, partition, kafka_offset, headers, payload, error_code, error, attempts,
  next_attempt_at, parked_at`;

/** What a version has parked waits with it once it is no longer live: nobody tries it, and only a rollback asks for it. */
export async function setParkedAside(
  client: pg.Client,
  consumer: string,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<void> {
  await client.query(
    `with moved as (delete from parked_events where consumer = $1 returning id, ${columns})
     insert into retired_parked_events (id, consumer, version, ${columns})
     select id, $2, $3, ${columns} from moved`,
    [consumer, name, version],
  );
}

export async function restoreParked(client: pg.Client, name: string, version: number): Promise<void> {
  await client.query(
    `with moved as (
       delete from retired_parked_events where consumer = $1 and version = $2 returning id, ${columns})
     insert into parked_events (consumer, ${columns}) select $3, ${columns} from moved order by id`,
    [name, version, parkingName(name, version, 'building')],
  );
}
