import { newId } from '@tradewind/kernel/ids.ts';
import { eachDatabaseWith, sql } from '../e2e/database.fixture.ts';
import { stack } from '../e2e/stack.fixture.ts';

const OPERATOR = 'walk';

/** A replay that is over, of a read model of each service that has one: it can be looked at, and stopping it does nothing. */
export async function makeReplays(): Promise<Record<string, string>> {
  const replayId = newId();
  const names: Record<string, string> = { 'replays/{replayId}': replayId };
  for (const service of Object.keys(stack.services)) {
    const database = service.replaceAll('-', '_');
    if (!Object.hasOwn(stack.postgres.databases, database)) continue;
    const [table] = await sql<{ there: boolean }>(
      database,
      `select to_regclass('replays') is not null as there`,
    );
    if (!table?.there) continue;
    const [found] = await sql<{ name: string }>(
      database,
      'select name from projections order by name limit 1',
    );
    if (found === undefined) continue;
    names[`${service}: projections/{name}`] = found.name;
    await sql(
      database,
      `insert into replays (id, projection, verb, options, state, requested_by, managed, ended_at)
       values ($1, $2, 'replay', '{}', 'switched', $3, false, now())`,
      [replayId, found.name, OPERATOR],
    );
  }
  return names;
}

export async function dropReplays(): Promise<void> {
  await eachDatabaseWith('replays', (database) =>
    sql(database, 'delete from replays where requested_by = $1', [OPERATOR]),
  );
}
