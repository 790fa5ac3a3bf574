import { hostname } from 'node:os';
import {
  eventServiceComponents,
  inBackground,
  openEventService,
  withDeadLetters,
} from '@tradewind/service/event-service.ts';
import { consumerHealth } from '@tradewind/service/consumer-health.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { registerDeliveries } from '#deliveries/http.ts';
import { openBrokerWakeUps } from '#dispatch/broker-wake-ups.ts';
import { claimer } from '#dispatch/claim.ts';
import { createDispatcher, type Dispatcher } from '#dispatch/dispatcher.ts';
import { outcomes } from '#dispatch/outcomes.ts';
import { sweeper } from '#dispatch/sweeper.ts';
import { takeUp } from '#dispatch/take-up.ts';
import { ownWakeUps, type Wake } from '#dispatch/wake-ups.ts';
import { registerEventTypes } from '#event-types/http.ts';
import { createIntake, GROUP } from '#intake/intake.ts';
import { knownSubscriptions } from '#intake/known-subscriptions.ts';
import { parkedIntake } from '#intake/parked.ts';
import { INTAKE } from '#intake/take-in.ts';
import { webhookMetrics } from '#metrics.ts';
import { registerPing } from '#ping/http.ts';
import { pinger } from '#ping/ping.ts';
import { registerRedeliver } from '#redeliver/http.ts';
import { redeliveries } from '#redeliver/store.ts';
import { retention } from '#retention.ts';
import { registerRotateSecret } from '#rotate-secret/http.ts';
import { resolveBySystem } from '#send/guarded-connect.ts';
import { createSender } from '#send/sender.ts';
import { registerSubscriptions } from '#subscriptions/http.ts';
import { secretBox } from '#subscriptions/secret.ts';
import { subscriptionStore } from '#subscriptions/store.ts';

/** After an attempt must have ended; whoever took it is dead by then. */
const LEASE_MARGIN_MS = 5_000;
const GRACE_MS = 4_000;

/** The webhook dispatcher, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log, crash } = foundation;
  const service = await openEventService('webhook-dispatcher', config, foundation);
  const { app, db, systemDb, broker, encoder, relay, schemas } = service;
  const timeoutMs = config.TW_WEBHOOK_TIMEOUT_MS;
  const leaseMs = timeoutMs + LEASE_MARGIN_MS;
  const instance = `${hostname()}:${config.PORT}`;
  const box = secretBox(config.WEBHOOK_SECRETS_KEY ?? config.SERVICE_KEY);
  const allowPrivate = config.TW_WEBHOOK_ALLOW_PRIVATE;
  const sender = createSender({ allowPrivate, resolve: resolveBySystem, timeoutMs });

  const metrics = webhookMetrics(() => dispatcher.inFlight);
  const onWake = (one: Wake): void => dispatcher.wake(one);
  const rabbit =
    config.RABBITMQ_URL === undefined
      ? undefined
      : await openBrokerWakeUps({
          ...{ url: config.RABBITMQ_URL, timeScale: config.TW_WEBHOOK_TIME_SCALE },
          ...{ metrics, log, onWake },
        });
  const wakeUps = rabbit ?? ownWakeUps(onWake);
  const dispatcher: Dispatcher = createDispatcher({
    ...{ sender, wakeUps, metrics, log, leaseMs, graceMs: GRACE_MS },
    claim: claimer({ db, box, instance, leaseMs }),
    record: outcomes({ db, encoder, rules: rulesOf(config), onCommit: () => relay.wake() }),
    most: config.WEBHOOK_MAX_IN_FLIGHT,
  });
  const reading = { decode: (value: Buffer) => schemas.decode(value), wanting: knownSubscriptions() };
  const intake = createIntake({ ...reading, broker, db, wakeUps, metrics, onCrash: crash });

  const store = subscriptionStore({
    ...{ db, box, overlapMs: config.TW_WEBHOOK_SECRET_OVERLAP_MS },
    onActive: (storeId, subscriptionId) => dispatcher.wake({ storeId, subscriptionId }),
  });
  registerSubscriptions(app, { store, requireHttps: config.TW_WEBHOOK_REQUIRE_HTTPS });
  registerRotateSecret(app, store);
  registerPing(app, pinger({ db, box, sender }));
  registerDeliveries(app, db);
  registerRedeliver(
    app,
    redeliveries(db, (one) => dispatcher.wake(one)),
  );
  registerEventTypes(app);

  return eventServiceComponents('webhook-dispatcher', config, foundation, service, {
    deps: {},
    checks: [
      { ...consumerHealth(() => [{ name: GROUP, subscription: intake.subscription }]), name: 'intake' },
      ...(rabbit
        ? [{ name: 'rabbitmq', check: async () => ({ ok: rabbit.connected }), optional: true }]
        : []),
      { name: 'in flight', check: async () => ({ ok: true, detail: dispatcher.inFlight }), optional: true },
    ],
    components: [
      closing('sender', () => sender.close()),
      inHand(systemDb, instance),
      closing('dispatcher', () => dispatcher.stop()),
      ...(rabbit ? [{ name: 'rabbitmq', start: () => rabbit.start(), stop: () => rabbit.stop() }] : []),
      sweeper({ systemDb, dispatcher, metrics, log }),
      retention({ systemDb, keepMs: config.TW_WEBHOOK_KEEP_MS, log }),
      parkedIntake({ ...reading, db, systemDb, wakeUps, log }),
      inBackground('intake', withDeadLetters(broker, [{ name: INTAKE }], intake), log),
    ],
  });
}

/** What a dead process of this name had in hand, and what this one gives up when it stops, is due at once. */
const inHand = (systemDb: Database, instance: string): Component => {
  const release = () => takeUp(systemDb, instance).then(() => undefined);
  return { name: 'deliveries in hand', start: release, stop: release };
};

const rulesOf = (config: Config) => ({
  timeScale: config.TW_WEBHOOK_TIME_SCALE,
  disableAfterMs: config.TW_WEBHOOK_DISABLE_AFTER_MS,
  disableAfterFailures: config.TW_WEBHOOK_DISABLE_AFTER_FAILURES,
});
