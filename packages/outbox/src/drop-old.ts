import { inSession, type ReplayUses } from './replay-session.ts';
import { removeVersion, type StoredVersion } from './versions.ts';

/** Removes every version but the live one; answers which. Afterwards there is nothing to roll back to. */
export async function dropOld(uses: ReplayUses): Promise<number[]> {
  const { projection } = uses;
  return inSession(uses, async ({ client, openStore }) => {
    await client.query('begin');
    const { rows } = await client.query<StoredVersion>(
      `select version, state, store, recipe from projections where name = $1 and state <> 'live'
       order by version for update`,
      [projection.name],
    );
    for (const old of rows) await removeVersion(client, projection, old, await openStore(old.store));
    await client.query('commit');
    return rows.map(({ version }) => version);
  });
}
