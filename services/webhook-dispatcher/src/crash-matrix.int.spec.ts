import { registerSchemas } from '@tradewind/contracts/register.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { startProcess } from '@tradewind/testing/service-process.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSink, type Sink } from '#sink.fixture.ts';
import { openWebhooks, type Webhooks } from '#webhooks.fixture.ts';

let webhooks: Webhooks;
let sink: Sink;
let registryUrl: string;

beforeAll(async () => {
  registryUrl = (await (await servers()).registry()).url;
  await registerSchemas({ registryUrl });
  [webhooks, sink] = await Promise.all([openWebhooks(), openSink()]);
});
afterAll(async () => {
  await webhooks.close();
  await sink.close();
});
beforeEach(() => webhooks.fresh());

/** The real service under one name, as its supervisor starts it again; without Kafka its events stay in the outbox. */
const start = (PORT: number, env: Readonly<Record<string, string>> = {}) =>
  startProcess(
    'webhook-dispatcher',
    {
      DATABASE_URL: webhooks.database.databaseUrl,
      DATABASE_SYSTEM_URL: webhooks.database.systemUrl,
      KAFKA_BROKERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: registryUrl,
      JWKS_URL: 'http://127.0.0.1:1/jwks',
      JWT_ISSUER: 'http://127.0.0.1:1',
      SERVICE_KEY: 'a key of tests',
      TW_WEBHOOK_ALLOW_PRIVATE: '1',
      LOG_LEVEL: 'warn',
      PORT: String(PORT),
      ...env,
    },
    { ready: false },
  );

describe('a crash loses no delivery, and the next process has what this one had in hand at once', () => {
  it.each(['delivery.taken', 'delivery.sent', 'delivery.recorded'])(
    '%s',
    { timeout: 120_000 },
    async (failpoint) => {
      const path = `/${failpoint}`;
      await webhooks.subscribe(sink.url(path));
      const taken = webhooks.instance({
        wakeUps: { now: () => undefined, after: () => undefined },
        sweeping: false,
      });
      const versions = [1, 2, 3];
      await taken.apply(versions.flatMap((n) => [webhooks.message('P1', n), webhooks.message('P2', n)]));

      const port = await freePort();
      const doomed = await start(port, { TW_FAILPOINT: failpoint });
      expect(await doomed.ended).toBe('SIGKILL');
      const survivor = await start(port);
      await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 6 }), {
        within: 60_000,
      });
      await survivor.stop();

      // Repeats are told by their ids; without them each resource's events came once, and in order.
      const first = new Map(sink.at(path).map((one) => [one.headers['webhook-id'], one]));
      const payloads = [...first.values()].map(
        ({ body }) => (JSON.parse(body) as { payload: { productId: string; onHand: number } }).payload,
      );
      for (const id of ['P1', 'P2']) {
        expect(payloads.filter(({ productId }) => productId === id).map(({ onHand }) => onHand)).toEqual(
          versions,
        );
      }
      expect(await webhooks.told()).toEqual(Array(6).fill('delivery.succeeded'));
    },
  );
});
