import { registerSchemas } from '@tradewind/contracts/register.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { type ServiceProcess, startProcess } from '@tradewind/testing/service-process.ts';
import { type TokenIssuer, tokenIssuer } from '@tradewind/testing/tokens.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventoryFailpoints } from '#failpoints.ts';
import { openInventory } from '#inventory.fixture.ts';
import { findDrift } from '#reconcile/drift.ts';

let inventory: Awaited<ReturnType<typeof openInventory>>;
let issuer: TokenIssuer;
let token: string;
let registryUrl: string;
let redisUrl: string;

beforeAll(async () => {
  const shared = await servers();
  registryUrl = (await shared.registry()).url;
  redisUrl = (await shared.redis()).url;
  await registerSchemas({ registryUrl });
  inventory = await openInventory();
  issuer = await tokenIssuer();
  token = await issuer.token({ roles: ['SERVICE'] });
});
afterAll(async () => {
  await issuer.close();
  await inventory.close();
});

/** The real service without a broker: its events stay in the outbox, where they can be counted. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
  return startProcess('inventory', {
    DATABASE_URL: inventory.database.databaseUrl,
    DATABASE_SYSTEM_URL: inventory.database.systemUrl,
    KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
    SCHEMA_REGISTRY_URL: registryUrl,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.issuer,
    REDIS_URL: redisUrl,
    GRPC_PORT: '0',
    LOG_LEVEL: 'warn',
    ...env,
  });
}

const reserve = (process: ServiceProcess, sku: string, reservationId: string) =>
  httpClient(process.url, token).post<{ state: string }>(`/api/v1/stores/STORE-1/inventory/${sku}/reserve`, {
    ...{ qty: 3, reservationId },
  });

const eventsOf = async (sku: string) =>
  (
    await inventory.rows<{ event: string }>(
      `select aggregate_version || ' ' || split_part(event_type, '.', 4) as event from outbox
       where partition_key = $1 order by id`,
      [`P-${sku}`],
    )
  ).map(({ event }) => event);

const reservedOf = async (sku: string) =>
  (
    await inventory.rows<{ reserved: number }>(`select reserved from inventory_stock where sku = $1`, [sku])
  )[0]?.reserved;

describe('a crash while stock is reserved leaves one reservation', () => {
  it.each(['store.saved', 'store.committed'])('%s', async (failpoint) => {
    const sku = failpoint.replace('.', '-');
    const reservationId = newId();
    await inventory.stock(sku, 10);
    const doomed = await start({ TW_FAILPOINT: failpoint });
    await reserve(doomed, sku, reservationId).catch(() => undefined);
    expect(await doomed.ended).toBe('SIGKILL');

    const survivor = await start();
    expect((await reserve(survivor, sku, reservationId)).body.state).toBe('HELD');
    await survivor.stop();
    expect(await eventsOf(sku)).toEqual(['1 adjusted', '2 reserved']);
    expect(await reservedOf(sku)).toBe(3);
    expect((await findDrift(inventory.db, 'STORE-1')).items).toEqual([]);
  });
});

describe('a crash while reservations lapse gives their pieces back once', () => {
  it.each(inventoryFailpoints)('%s', async (failpoint) => {
    const sku = failpoint.replace('.', '-');
    await inventory.stock(sku, 10);
    const doomed = await start({ TW_FAILPOINT: failpoint, TW_RESERVATION_TTL_MS: '1' });
    expect((await reserve(doomed, sku, newId())).status).toBe(201);
    expect(await doomed.ended).toBe('SIGKILL');

    const survivor = await start();
    await eventually(async () => expect(await reservedOf(sku)).toBe(0));
    await survivor.stop();
    expect(await eventsOf(sku)).toEqual(['1 adjusted', '2 reserved', '3 expired']);
    expect((await findDrift(inventory.db, 'STORE-1')).items).toEqual([]);
  });
});
