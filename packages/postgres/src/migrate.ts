import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';

export interface MigrationFolder {
  /** Names the bookkeeping table, so that folders of several packages can share one database. */
  readonly name: string;
  readonly dir: string;
}

async function sqlFiles(dir: string): Promise<Record<string, Migration>> {
  const files = (await readdir(dir)).filter((file) => file.endsWith('.sql')).sort();
  const entries = await Promise.all(
    files.map(async (file): Promise<[string, Migration]> => {
      const text = await readFile(join(dir, file), 'utf8');
      return [
        file.slice(0, -'.sql'.length),
        {
          up: (db) =>
            sql
              .raw(text)
              .execute(db)
              .then(() => undefined),
        },
      ];
    }),
  );
  return Object.fromEntries(entries);
}

/**
 * Applies what is missing of each folder's `0001_*.sql …`, in order, each file in its transaction. Forward only;
 * concurrent runs wait for each other. Answers the names that were applied.
 */
export async function migrate(options: {
  readonly ownerUrl: string;
  readonly folders: readonly MigrationFolder[];
}): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: options.ownerUrl, max: 2 });
  // A connection that breaks while idle is not a failure of a migration.
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const applied: string[] = [];
  try {
    for (const { name, dir } of options.folders) {
      const table = `migrations_${name.replaceAll('-', '_')}`;
      const migrator = new Migrator({
        db,
        provider: { getMigrations: () => sqlFiles(dir) },
        migrationTableName: table,
        migrationLockTableName: `${table}_lock`,
      });
      const { error, results = [] } = await migrator.migrateToLatest();
      applied.push(...results.filter(({ status }) => status === 'Success').map((r) => r.migrationName));
      if (error) {
        const failed = results.find(({ status }) => status === 'Error')?.migrationName ?? name;
        throw new Error(`migration ${failed} of ${name} failed: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
  } finally {
    await db.destroy();
  }
  return applied;
}
