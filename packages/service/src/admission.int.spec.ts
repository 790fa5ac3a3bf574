import { fastify } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { type Publisher, PublishError } from '@tradewind/messaging/broker.ts';
import { createInMemoryCluster } from '@tradewind/messaging/in-memory-broker.ts';
import { createRelay } from '@tradewind/outbox/relay.ts';
import { adjust, context, quiet, stockDatabase, stockStore, TOPIC } from '@tradewind/outbox/stock.fixture.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { expect, it, onTestFinished } from 'vitest';
import { registerAdmission } from './admission.ts';
import { registerHealth } from './health.ts';
import { createLogger } from './logger.ts';
import { sendProblem } from './problem.ts';

const WITHIN = { within: 20_000, every: 100 };

/** A service whose relay reaches Kafka through something that can be cut. */
async function serve() {
  const database = await stockDatabase();
  const cluster = createInMemoryCluster({ topics: [TOPIC] });
  const broker = cluster.connect();
  const behind = broker.publisher();
  const line = { cut: false };
  const publisher: Publisher = {
    publish: (topic, messages) =>
      line.cut
        ? Promise.reject(new PublishError('the line is cut', { retryable: true }))
        : behind.publish(topic, messages),
    close: () => behind.close(),
  };
  const relay = createRelay({ systemUrl: database.systemUrl, service: 'stock', publisher, log: quiet });
  const store = stockStore(database.db, () => relay.wake());
  const app = fastify();
  app.setErrorHandler(sendProblem);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  const admission = registerAdmission(app, {
    ...{ boundMs: 1_000, systemDb: database.systemDb, consumerAgeMs: () => 0 },
    log: createLogger('stock', 'silent'),
  });
  registerHealth(app, {} as never, [admission.check], () => []);
  let taken = 0;
  const take = async () => {
    const key = `P${taken++}`;
    await store.handle(key, adjust(key, 1), { context: context() });
    return { key };
  };
  app.post('/orders', take);
  app.post('/orders/pay', { config: { admission: 'always' } }, take);
  app.get('/orders', async () => ({ taken }));
  relay.start();
  await admission.component.start?.();
  onTestFinished(async () => {
    await admission.component.stop?.();
    await relay.stop();
    await app.close();
    await database.close();
  });
  const ask = async (method: 'GET' | 'POST', url: string) => {
    const { statusCode, headers, body } = await app.inject({ method, url });
    return {
      status: statusCode,
      retryAfter: Number(headers['retry-after']),
      body: JSON.parse(body) as object,
    };
  };
  const published = async (): Promise<string[]> => {
    const keys: string[] = [];
    for (const [partition, end] of await broker.endOffsets(TOPIC))
      for await (const batch of broker.read(TOPIC, partition, 0n, end))
        keys.push(...batch.map(({ key }) => key));
    return keys;
  };
  return {
    line,
    ask,
    published,
    rows: () => database.sql<{ key: string }>('select product_id as key from stock'),
  };
}

it('takes commands while Kafka is away, refuses them before events get too old, and loses none', async () => {
  const { line, ask, published, rows } = await serve();
  expect((await ask('POST', '/orders')).status).toBe(200);
  line.cut = true;
  for (let n = 0; n < 3; n++) expect((await ask('POST', '/orders')).status).toBe(200);
  await eventually(async () => {
    const { status, retryAfter, body } = await ask('POST', '/orders');
    expect([status, body]).toMatchObject([503, { code: 'OVERLOADED' }]);
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(30);
  }, WITHIN);
  const before = (await rows()).length;
  expect((await ask('POST', '/orders')).status).toBe(503);
  expect((await rows()).length).toBe(before);
  // Reads go on, and so does what was begun.
  expect((await ask('GET', '/orders')).status).toBe(200);
  expect((await ask('POST', '/orders/pay')).status).toBe(200);
  const ready = await ask('GET', '/health/ready');
  expect(ready).toMatchObject({ status: 503, body: { ready: false, checks: { admission: { ok: false } } } });
  expect(ready.retryAfter).toBeGreaterThanOrEqual(1);
  expect((await ask('GET', '/health/ready?for=reads')).status).toBe(200);

  line.cut = false;
  await eventually(async () => expect((await ask('POST', '/orders')).status).toBe(200), WITHIN);
  expect((await ask('GET', '/health/ready')).status).toBe(200);
  const stored = (await rows()).map(({ key }) => key).toSorted();
  expect(stored.length).toBeGreaterThanOrEqual(before + 2);
  await eventually(async () => expect((await published()).toSorted()).toEqual(stored), WITHIN);
});
