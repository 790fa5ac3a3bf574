import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@tradewind/postgres/migrate.ts';
import { databaseUrl, type Stack } from '#environment.ts';
import { checkout } from '#places.ts';
import type { Service } from '#stack.ts';

/** The tables that every service has come first, then its own. Returns how many files were applied. */
export async function migrateAll(stack: Stack, services: readonly Service[]): Promise<number> {
  const applied = await Promise.all(
    services
      .filter((it) => it.database && existsSync(join(checkout, it.folder, 'migrations')))
      .map((it) =>
        migrate({
          ownerUrl: databaseUrl(stack, it.name, 'owner'),
          folders: [
            { name: 'outbox', dir: join(checkout, 'packages/outbox/migrations') },
            { name: it.name, dir: join(checkout, it.folder, 'migrations') },
          ],
        }),
      ),
  );
  return applied.flat().length;
}
