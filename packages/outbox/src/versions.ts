import type pg from 'pg';
import { failpoint } from './failpoints.ts';
import type { LiveVersion } from './live-version.ts';
import { shapeOf, tableOf } from './postgres-store.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStore, ProjectionStores, StoreKind } from './projection-store.ts';
import { parkingName } from './projector.ts';

interface StoredVersion extends LiveVersion {
  readonly state: 'building' | 'live' | 'retired';
}

export interface VersionStores {
  readonly stores: Pick<ProjectionStores, 'has'>;
  openStore(kind: StoreKind): Promise<ProjectionStore>;
}

/**
 * Resumes the version that is being built, or begins a new one; versions older than the live one's predecessor go.
 * @param wanted where it is to stand; the live one's store where it is left out
 */
export async function prepareVersion(
  owner: pg.Client,
  projection: Projection,
  { stores, openStore }: VersionStores,
  wanted?: StoreKind,
): Promise<LiveVersion> {
  const { name } = projection;
  await owner.query('begin');
  const { rows } = await owner.query<StoredVersion>(
    'select version, state, store from projections where name = $1 order by version for update',
    [name],
  );
  const live = rows.find(({ state }) => state === 'live');
  if (!live) throw new Error(`projection ${name} has no live version`);
  const store = wanted ?? live.store;
  const building = rows.find(({ state }) => state === 'building');
  if (building?.store === store) {
    await owner.query('commit');
    return building;
  }
  await keepShape(owner, name, live);
  // What stands in a store that this process does not know stays there; nobody finds it without its row.
  const placeOf = async (kind: StoreKind) => (stores.has(kind) ? openStore(kind) : undefined);
  if (building) await removeVersion(owner, projection, building, await placeOf(building.store));
  const version = (rows.at(-1)?.version ?? 0) + 1;
  await (await openStore(store)).create(projection, version);
  await owner.query('insert into projections (name, version, state, store) values ($1, $2, $3, $4)', [
    ...[name, version, 'building', store],
  ]);
  for (const old of rows) {
    // A retired one waits for a process that knows its store.
    if (old.state === 'retired' && old.version < live.version - 1 && stores.has(old.store))
      await removeVersion(owner, projection, old, await openStore(old.store));
  }
  await owner.query('commit');
  return { version, store };
}

/** The columns outlive the tables that have them: one of the other stores has no table to make the next one like. */
async function keepShape(owner: pg.Client, name: string, live: LiveVersion): Promise<void> {
  const { rows } = await owner.query<{ there: string | null }>('select to_regclass($1) as there', [
    shapeOf(name),
  ]);
  if (rows[0]?.there) return;
  await owner.query(`create table ${shapeOf(name)} (like ${tableOf(name, live.version)} including all)`);
  await owner.query(`call tradewind_isolate('${shapeOf(name)}')`);
}

/** Its checkpoints go with its row. The place goes first: what is left of a place without a row nobody would find. */
async function removeVersion(
  owner: pg.Client,
  projection: Projection,
  { version, state }: StoredVersion,
  store: ProjectionStore | undefined,
): Promise<void> {
  const { name } = projection;
  await store?.drop(projection, version);
  await owner.query('delete from projections where name = $1 and version = $2', [name, version]);
  if (state === 'building')
    await owner.query('delete from parked_events where consumer = $1', [parkingName(name, version, state)]);
}

/**
 * Makes a version the live one, in one transaction. The view is there only while a version in Postgres is live: a reader
 * that knows of no other store fails loudly instead of reading what nobody keeps up to date.
 */
export async function switchTo(owner: pg.Client, name: string, next: LiveVersion): Promise<void> {
  const { version, store } = next;
  await owner.query('begin');
  await owner.query('select 1 from projections where name = $1 order by version for update', [name]);
  await owner.query(`update projections set state = 'retired' where name = $1 and state = 'live'`, [name]);
  await owner.query(`update projections set state = 'live' where name = $1 and version = $2`, [
    name,
    version,
  ]);
  await owner.query(
    store === 'postgres'
      ? `create or replace view ${name} with (security_invoker = true) as select * from ${tableOf(name, version)}`
      : `drop view if exists ${name}`,
  );
  // What the old version had parked is applied, or parked by the new one under the name that is now its own.
  await owner.query('delete from parked_events where consumer = $1', [name]);
  await owner.query('update parked_events set consumer = $1 where consumer = $2', [
    name,
    parkingName(name, version, 'building'),
  ]);
  failpoint('rebuild.switching');
  await owner.query('commit');
}
