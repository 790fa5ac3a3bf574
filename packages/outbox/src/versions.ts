import type pg from 'pg';
import { failpoint } from './failpoints.ts';
import type { LiveVersion } from './live-version.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStore, ProjectionStores, StoreKind } from './projection-store.ts';
import { parkingName } from './projector.ts';
import { parseRecipe, type Recipe, recipeText } from './recipe.ts';
import { restoreParked, setParkedAside } from './retired-parked.ts';

export interface StoredVersion extends LiveVersion {
  readonly state: 'building' | 'live' | 'retired';
  readonly recipe: string | null;
}

export interface VersionStores {
  readonly stores: Pick<ProjectionStores, 'has'>;
  openStore(kind: StoreKind): Promise<ProjectionStore>;
}

/** A projection's versions, oldest first, the one that was live last at the end of the retired ones. */
const all = `
  select version, state, store, recipe from projections where name = $1
  order by retired_at nulls first, version for update`;

/**
 * Resumes the version that the same recipe began, or begins a new one. Half-built ones of other recipes go, and of the retired ones all
 * but the one that was live last.
 * @param wanted where it is to stand; the live one's store where it is left out
 */
export async function prepareVersion(
  client: pg.Client,
  projection: Projection,
  places: VersionStores,
  recipe: Recipe,
  wanted?: StoreKind,
): Promise<LiveVersion> {
  const { name } = projection;
  const { stores, openStore } = places;
  await client.query('begin');
  const { rows } = await client.query<StoredVersion>(all, [name]);
  const live = rows.find(({ state }) => state === 'live');
  if (!live) throw new Error(`projection ${name} has no live version`);
  const store = wanted ?? live.store;
  const building = rows.filter(({ state }) => state === 'building');
  const resumed = building.find((one) => one.store === store && one.recipe === recipeText(recipe));
  for (const one of building) if (one !== resumed) await giveUp(client, projection, one, places, recipe);
  if (resumed) {
    await client.query('commit');
    return resumed;
  }
  await client.query('select tradewind_keep_shape($1, $2)', [name, live.version]);
  const version = Math.max(...rows.map((row) => row.version)) + 1;
  await (await openStore(store)).create(projection, version);
  await client.query(
    'insert into projections (name, version, state, store, recipe) values ($1, $2, $3, $4, $5)',
    [name, version, 'building', store, recipeText(recipe)],
  );
  if (recipe.kind === 'replay')
    for (const old of rows.filter(({ state }) => state === 'retired').slice(0, -1)) {
      // What stands in a store that this process can't reach waits for one that can.
      if (stores.has(old.store)) await removeVersion(client, projection, old, await openStore(old.store));
    }
  await client.query('commit');
  return { version, store };
}

/** A rollback that ended half-way leaves a whole version, only older; a check leaves what others build alone. */
async function giveUp(
  client: pg.Client,
  projection: Projection,
  one: StoredVersion,
  { stores, openStore }: VersionStores,
  next: Recipe,
): Promise<void> {
  const kind = parseRecipe(one.recipe)?.kind;
  if (kind === 'rollback') await retireAgain(client, projection.name, one.version);
  else if (next.kind === 'replay' || kind === 'check') {
    // What stands in a store that this process does not know stays there; nobody finds it without its row.
    const place = stores.has(one.store) ? await openStore(one.store) : undefined;
    await removeVersion(client, projection, one, place);
  }
}

/** Its checkpoints go with its row. The place goes first: what is left of a place without a row nobody would find. */
export async function removeVersion(
  client: pg.Client,
  projection: Projection,
  { version, state }: Pick<StoredVersion, 'version' | 'state'>,
  store: ProjectionStore | undefined,
): Promise<void> {
  const { name } = projection;
  await store?.drop(projection, version);
  await client.query('delete from projections where name = $1 and version = $2', [name, version]);
  await client.query('delete from retired_parked_events where consumer = $1 and version = $2', [
    name,
    version,
  ]);
  if (state === 'building')
    await client.query('delete from parked_events where consumer = $1', [parkingName(name, version, state)]);
}

/** Takes the version that was live last up again, to be read up to now; undefined where there is none. */
export async function reviveLast(client: pg.Client, name: string): Promise<LiveVersion | undefined> {
  await client.query('begin');
  const { rows } = await client.query<StoredVersion>(all, [name]);
  const begun = rows.find((row) => row.state === 'building' && parseRecipe(row.recipe)?.kind === 'rollback');
  const last = begun ?? rows.findLast(({ state }) => state === 'retired');
  if (last && !begun) {
    const recipe = recipeText({ kind: 'rollback', build: '', from: '', until: '' });
    await client.query(
      `update projections set state = 'building', recipe = $3 where name = $1 and version = $2`,
      [...[name, last.version, recipe]],
    );
    await restoreParked(client, name, last.version);
  }
  await client.query('commit');
  return last;
}

/** Gives a rollback up: the version is kept as it is, only newer. */
export async function retireAgain(client: pg.Client, name: string, version: number): Promise<void> {
  await setParkedAside(client, parkingName(name, version, 'building'), { name, version });
  await client.query(
    `update projections set state = 'retired', recipe = null where name = $1 and version = $2 and state = 'building'`,
    [name, version],
  );
}

/** A version that was compared and differs is kept to be looked at, and never gone on with. */
export async function spoil(client: pg.Client, name: string, version: number): Promise<void> {
  await client.query('update projections set recipe = null where name = $1 and version = $2', [
    name,
    version,
  ]);
}

/**
 * Makes a version the live one, in one transaction. The view is there only while a version in Postgres is live: a reader
 * that knows of no other store fails loudly instead of reading what nobody keeps up to date.
 */
export async function switchTo(client: pg.Client, name: string, next: LiveVersion): Promise<void> {
  const { version, store } = next;
  await client.query('begin');
  const { rows } = await client.query<StoredVersion>(all, [name]);
  const old = rows.find(({ state }) => state === 'live');
  await client.query(
    `update projections set state = 'retired', recipe = null, retired_at = clock_timestamp()
     where name = $1 and state = 'live'`,
    [name],
  );
  await client.query(
    `update projections set state = 'live', retired_at = null where name = $1 and version = $2`,
    [name, version],
  );
  await client.query('select tradewind_show_version($1, $2)', [name, store === 'postgres' ? version : null]);
  // What the old version had parked is applied, or parked by the new one under the name that is now its own.
  if (old) await setParkedAside(client, name, { name, version: old.version });
  await client.query('update parked_events set consumer = $1 where consumer = $2', [
    name,
    parkingName(name, version, 'building'),
  ]);
  failpoint('rebuild.switching');
  await client.query('commit');
}
