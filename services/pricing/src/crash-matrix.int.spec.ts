import { registerSchemas } from '@tradewind/contracts/register.ts';
import { PricingService } from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { grpcClient } from '@tradewind/service/grpc-client.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { type ServiceProcess, startProcess } from '@tradewind/testing/service-process.ts';
import { type TokenIssuer, tokenIssuer } from '@tradewind/testing/tokens.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextIn, openPricing } from '#pricing.fixture.ts';

let pricing: Awaited<ReturnType<typeof openPricing>>;
let issuer: TokenIssuer;
let registryUrl: string;
let redisUrl: string;

beforeAll(async () => {
  const shared = await servers();
  registryUrl = (await shared.registry()).url;
  redisUrl = (await shared.redis()).url;
  await registerSchemas({ registryUrl });
  pricing = await openPricing();
  issuer = await tokenIssuer();
  await pricing.product('P1', 1_000);
});
afterAll(async () => {
  await issuer.close();
  await pricing.close();
});

/** The real service without a broker: its events stay in the outbox, where they can be counted. */
async function start(env: Readonly<Record<string, string>> = {}) {
  const grpcPort = await freePort();
  const process = await startProcess('pricing', {
    DATABASE_URL: pricing.database.databaseUrl,
    DATABASE_SYSTEM_URL: pricing.database.systemUrl,
    KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
    SCHEMA_REGISTRY_URL: registryUrl,
    REDIS_URL: redisUrl,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.issuer,
    GRPC_PORT: String(grpcPort),
    LOG_LEVEL: 'warn',
    ...env,
  });
  return { process, grpcPort };
}

type Running = Awaited<ReturnType<typeof start>>;

/** As the order service asks. */
async function hold({ grpcPort }: Running, code: string, orderId: string, holdTtlSeconds: number) {
  const token = await issuer.token({ roles: ['SERVICE'] });
  const grpc = grpcClient({
    address: `127.0.0.1:${grpcPort}`,
    token: async () => token,
    unavailable: 'AWAY',
  });
  const request = {
    ...{ lines: [{ productId: 'P1', qty: 1 }], currency: '', segment: '', codes: [code] },
    ...{ customerId: 'U1', holdForOrderId: orderId, holdTtlSeconds, correlationId: '', traceparent: '' },
  };
  return grpc
    .call(PricingService.resolveBatch, { requests: [request] }, contextIn('STORE-1'))
    .finally(() => grpc.close());
}

const usesOf = async (code: string) =>
  (
    await pricing.rows<{ uses: number; rows: number }>(
      `select uses, (select count(*)::int from discount_code_uses u
         where u.discount_code_id = c.discount_code_id and state <> 'RELEASED') as rows
       from discount_codes c where code = $1`,
      [code],
    )
  )[0];

const eventsOf = async (saleId: string) =>
  (
    await pricing.rows<{ event: string }>(
      `select aggregate_version || ' ' || split_part(event_type, '.', 4) as event from outbox
       where partition_key = $1 order by id`,
      [saleId],
    )
  ).map(({ event }) => event);

/** What is done to a process that dies at a step; the rest of its steps are crashed in the whole stack (tests/crash). */
const scenes = {
  'codes.held': async (doomed: Running, code: string) =>
    void (await hold(doomed, code, newId(), 60).catch(() => undefined)),
  'lapse.released': async (doomed: Running, code: string) => void (await hold(doomed, code, newId(), 1)),
  'sale.saved': async ({ process }: Running) => announce(process),
};
const steps = Object.keys(scenes) as (keyof typeof scenes)[];

/** A sale that the process itself stores. */
async function announce(process: ServiceProcess): Promise<void> {
  const admin = httpClient(process.url, await issuer.token({ roles: ['ADMIN'] }));
  const [startsAt, endsAt] = [new Date(Date.now() + 300), new Date(Date.now() + 1_500)];
  await admin
    .post('/api/v1/flash-sales', { productIds: ['P1'], discountPercent: 10, startsAt, endsAt })
    .catch(() => undefined);
}

describe('a crash leaves no code held for nothing, and every sale told once', () => {
  it.each(steps)('%s', async (failpoint) => {
    const code = failpoint.replace('.', '-').toUpperCase();
    await pricing.code(code, { usageLimit: 1 });
    const doomed = await start({ TW_FAILPOINT: failpoint });
    await scenes[failpoint](doomed, code);
    expect(await doomed.process.ended).toBe('SIGKILL');

    const survivor = await start();
    await eventually(
      async () => {
        const open = await pricing.rows(`select 1 from flash_sales where status <> 'ENDED'`);
        expect([open, await usesOf(code)]).toEqual([[], { uses: 0, rows: 0 }]);
      },
      { within: 20_000 },
    );
    await survivor.process.stop();
    for (const { id } of await pricing.rows<{ id: string }>('select sale_id as id from flash_sales')) {
      expect(await eventsOf(id)).toEqual(['1 started', '2 ended']);
    }
  });
});
