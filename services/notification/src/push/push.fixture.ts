import { createServer, connect as dial, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { encode } from '@tradewind/contracts/codec.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { orderCreated } from '@tradewind/contracts/sample-events.fixture.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { createInMemoryCluster } from '@tradewind/messaging/in-memory-broker.ts';
import { runProjection } from '@tradewind/outbox/projection-runner.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { serviceConfig } from '@tradewind/service/config.ts';
import { createHttp } from '@tradewind/service/http.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { type TokenClaims, tokenIssuer } from '@tradewind/testing/tokens.ts';
import { orderStatus } from '#projections/order-status.ts';
import { push } from './build-push.ts';
import { pushConfig } from './push-config.ts';

const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
const TOPIC = 'ecommerce.order.order';
const log = createLogger('notification', 'silent');

/** Passes bytes on to Redis until it is cut. */
async function cuttable(redisUrl: string) {
  const { hostname, port } = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((client) => {
    if (cut) return client.destroy();
    const redis = dial(Number(port), hostname);
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
    return client;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      cut = true;
      for (const socket of sockets) socket.destroy();
    },
    join() {
      cut = false;
    },
    close() {
      this.cut();
      server.close();
    },
  };
}

/** Instances of the service on one Postgres, one Redis and one log of events. */
export async function openInstances() {
  const database = await templateDatabase({ name: 'notification', dir });
  const redis = await (await servers()).redis();
  const issuer = await tokenIssuer();
  const cluster = createInMemoryCluster({ topics: [TOPIC] });
  const registry = createLocalRegistry();
  const publisher = cluster.connect().publisher();
  const stream = `push:test:${newId()}`;
  const closers: (() => Promise<unknown>)[] = [];

  async function instance(settings: Record<string, string | number> = {}) {
    const proxy = await cuttable(redis.url);
    const db = openDatabase({ url: database.databaseUrl, name: 'push-test', byIndex: true });
    const systemDb = openDatabase({ url: database.systemUrl, name: 'push-test', maxConnections: 2 });
    const broker = cluster.connect();
    const stores = openStores('notification', {});
    const tokens = tokenVerifier({ jwksUrl: issuer.jwksUrl, issuer: issuer.issuer });
    const app = await createHttp({
      ...{ service: 'notification', logger: log, tokens },
      config: serviceConfig.parse({ PORT: 0, JWKS_URL: issuer.jwksUrl, JWT_ISSUER: issuer.issuer }),
    });
    const config = pushConfig.parse({ REDIS_URL: proxy.url, PUSH_STREAM: stream, ...settings });
    const crash = (error: unknown) => {
      throw error;
    };
    const parts = await push({ app, db, systemDb, broker, schemas: registry, tokens, stores }, config, {
      log,
      crash,
    });
    const projection = runProjection({
      ...{ projection: orderStatus, service: 'notification', broker, db, systemDb, log, onCrash: crash },
      decode: (value) => registry.decode(value),
    });
    const components: Component[] = [{ name: 'projection', ...projection }, ...parts.components];
    for (const component of components) await component.start?.();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    closers.push(async () => {
      await app.close();
      for (const component of components.toReversed()) await component.stop?.();
      proxy.close();
      await Promise.all([broker.close(), db.close(), systemDb.close()]);
    });
    return { url, proxy, app };
  }

  return {
    instance,
    redisUrl: redis.url,
    stream,
    token: (claims: TokenClaims = {}) => issuer.token(claims),
    /** Publishes what happened to an order: a status per version, from `from` on. */
    async happens(orderId: string, userId: string, statuses: readonly string[], from = 1): Promise<void> {
      const events = statuses.map((status, at) => ({
        ...orderCreated({ orderId, userId, status }),
        ...{ eventId: newId(), occurredAt: new Date(), partitionKey: orderId, aggregateVersion: from + at },
      })) as AnyEvent[];
      await publisher.publish(
        TOPIC,
        events.map((event) => ({
          key: orderId,
          value: encode(event, registry.idFor(event.eventType)),
          headers: { eventType: event.eventType, storeId: event.storeId, eventId: event.eventId },
        })),
      );
    },
    async close() {
      for (const close of closers) await close();
      await issuer.close();
      await database.drop();
    },
  };
}
