import type { SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { replyFinder } from '@tradewind/outbox/idempotency.ts';
import { idempotencyExpiry } from '@tradewind/outbox/idempotency-expiry.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { consumerHealth } from '@tradewind/service/consumer-health.ts';
import { registerHealth } from '@tradewind/service/health.ts';
import { registerDeadLetters } from '@tradewind/service/dead-letters.ts';
import { createHttp } from '@tradewind/service/http.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { registerApiTokens } from '#api-tokens/http.ts';
import { withApiTokens } from '#api-tokens/verifier.ts';
import { note } from '#audit-log/append.ts';
import { auditFeed } from '#audit-log/feed.ts';
import { registerAuditLog } from '#audit-log/http.ts';
import { registerCustomers } from '#customers/http.ts';
import { openEvents, registryOf } from '#events.ts';
import { registerKeys } from '#keys/http.ts';
import { keyRing } from '#keys/ring.ts';
import { keyRotation } from '#keys/rotation.ts';
import { keyStore } from '#keys/store.ts';
import { catalogue } from '#roles/catalogue.ts';
import { registerRoles } from '#roles/http.ts';
import { registerStores } from '#stores/http.ts';
import { registerTokens } from '#tokens/http.ts';
import { tokenIssuer } from '#tokens/issue.ts';
import { registerUsers } from '#users/http.ts';
import type { Config } from './config.ts';

const HOUR_MS = 3_600_000;

/** @param published what own events are encoded by: the registry, unless a test brings its own */
export async function build(
  config: Config,
  foundation: Foundation,
  published?: SchemaRegistry,
): Promise<Component[]> {
  const { log, telemetry } = foundation;
  const db = openDatabase({
    url: config.DATABASE_URL,
    name: 'identity',
    maxConnections: config.DATABASE_POOL,
  });
  const systemDb = openDatabase({
    url: config.DATABASE_SYSTEM_URL,
    name: 'identity:system',
    maxConnections: 2,
  });
  const keys = keyStore(db, config.KEY_MAX_AGE_HOURS * HOUR_MS);
  const ring = keyRing(keys, log);
  const issue = tokenIssuer(ring, config.JWT_ISSUER);
  const tokens = withApiTokens(db, tokenVerifier({ keys: ring.find, issuer: config.JWT_ISSUER }));

  const schemas = registryOf(config);
  const { events, broker, components } = openEvents(
    config,
    { systemDb, schemas: published ?? schemas },
    foundation,
  );

  const app = await createHttp({
    service: 'identity',
    config,
    logger: log,
    tokens,
    findReply: replyFinder(db),
  });
  registerKeys(app, ring, keys);
  if (config.SERVICE_KEY) registerTokens(app, db, issue, config.SERVICE_KEY);
  registerApiTokens(app, db, issue);
  registerStores(app, db);
  registerUsers(app, db);
  registerRoles(app, db);
  registerCustomers(app, db, events);
  registerAuditLog(app, db);
  registerDeadLetters(app, {
    ...{ service: 'identity', db, decode: (value) => schemas.decode(value) },
    note: (tx, act, { actor = '' }) => note(tx, { ...act, actor }),
  });
  const feed = auditFeed({ db, systemDb, schemas, broker }, foundation);
  registerHealth(
    app,
    telemetry,
    [
      { name: 'database', check: () => db.ping().then(() => ({ ok: true })) },
      { name: 'signing-key', check: () => ring.signer().then(({ kid }) => ({ ok: true, detail: { kid } })) },
      consumerHealth(() => [{ name: 'identity', subscription: feed.subscription() }]),
    ],
    () => [feed.subscription() ?? []].flat(),
  );
  return [
    closing('databases', () => Promise.all([db.close(), systemDb.close()])),
    idempotencyExpiry({ systemDb, log }),
    catalogue(systemDb),
    keyRotation(keys, ring, log),
    ...components,
    ...feed.components,
    {
      name: 'http',
      start: () => app.listen({ host: config.HOST, port: config.PORT }).then(() => undefined),
      stop: () => app.close(),
    },
  ];
}
