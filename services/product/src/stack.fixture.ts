import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { registerSchemas } from '@tradewind/contracts/register.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { startProcess } from '@tradewind/testing/service-process.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { tokenIssuer } from '@tradewind/testing/tokens.ts';
import { tcpGate } from '@tradewind/cache/tcp-gate.fixture.ts';
import pg from 'pg';
import type { ProductBody } from '#product/representation.ts';

export const tenant = (): string => `STORE-${randomUUID().slice(0, 8)}`;

/**
 * Consumer groups are named after the service, so two stacks on one Kafka would take each other's events: one at a time.
 */
async function alone(adminUrl: string): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: adminUrl, application_name: 'tests: product stack' });
  await session.connect();
  await session.query(`select pg_advisory_lock(hashtext('tests: product stack'))`);
  return session;
}

/** Two processes of this service on one database, with a gate in front of Redis. */
export async function productStack() {
  const all = await servers();
  const [kafka, registry, redis] = await Promise.all([all.kafka(), all.registry(), all.redis()]);
  const turn = await alone((await all.postgres()).adminUrl);
  const dir = fileURLToPath(new URL('../migrations', import.meta.url));
  const database = await templateDatabase({ name: 'product', dir });
  const tokens = await tokenIssuer();
  const gate = await tcpGate(new URL(redis.url));
  await registerSchemas({ registryUrl: registry.url });
  const env = {
    DATABASE_URL: database.databaseUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    KAFKA_BROKERS: kafka.brokers.join(','),
    SCHEMA_REGISTRY_URL: registry.url,
    REDIS_URL: `redis://127.0.0.1:${gate.port}`,
    JWKS_URL: tokens.jwksUrl,
    JWT_ISSUER: tokens.issuer,
    LOG_LEVEL: 'warn',
  };
  const processes = await Promise.all([startProcess('product', env), startProcess('product', env)]);
  const [one, two] = processes;

  return {
    database,
    gate,
    one,
    /** A client with a token of one tenant. */
    async client(storeId: string, options: { readonly roles?: string[]; readonly at?: 'one' | 'two' } = {}) {
      const { url } = options.at === 'two' ? two : one;
      return httpClient(
        url,
        await tokens.token({ sub: 'USER-1', storeId, roles: options.roles ?? ['ADMIN'] }),
      );
    },
    async stop() {
      await Promise.all(processes.map((process) => process.stop()));
      await gate.close();
      await tokens.close();
      await database.drop();
      await turn.end();
    },
  };
}

export type ProductStack = Awaited<ReturnType<typeof productStack>>;
type Client = Awaited<ReturnType<ProductStack['client']>>;

export const mugOf = (sku: string, fields: object = {}) => ({
  sku,
  name: `Mug ${sku}`,
  price: '12.50',
  currency: 'USD',
  ...fields,
});

export async function createProduct(client: Client, sku: string, fields: object = {}): Promise<ProductBody> {
  const { status, body } = await client.post<ProductBody>('/api/v1/products', mugOf(sku, fields));
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Reads until the process has the product at hand, so that what it shows next is its copy. */
export async function readUntilCached(client: Client, id: string): Promise<ProductBody> {
  const hits = async () => {
    const { body } = await client.get<string>('/metrics');
    return Number(/^cache_hits_total\{cache="product",tier="near"\} (\d+)/m.exec(body)?.[1] ?? 0);
  };
  return eventually(async () => {
    const before = await hits();
    const { body } = await client.get<ProductBody>(`/api/v1/products/${id}`);
    if ((await hits()) === before) throw new Error('it is not at hand yet');
    return body;
  });
}
