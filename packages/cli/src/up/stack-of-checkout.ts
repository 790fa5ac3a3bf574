import { REGISTRY_DATABASE } from '@tradewind/native/registry.ts';
import { SUPERUSER } from '@tradewind/native/postgres.ts';
import type { Stack } from '#environment.ts';
import { places } from '#places.ts';
import { portTable } from '#ports.ts';
import { ensureSecrets } from '#secrets.ts';
import { services } from '#stack.ts';
import { roleNames } from '#up/databases.ts';

/** The stack that this checkout, TW_HOME and TW_PORT_BASE describe; passwords are made on the first call. */
export async function describeStack(env: NodeJS.ProcessEnv = process.env): Promise<Stack> {
  const where = places(env);
  const names = services()
    .filter((it) => it.database)
    .map((it) => it.name);
  const secrets = await ensureSecrets(where.home, [SUPERUSER, REGISTRY_DATABASE, ...roleNames(names)]);
  return { places: where, ports: portTable(env['TW_PORT_BASE']), secrets };
}
