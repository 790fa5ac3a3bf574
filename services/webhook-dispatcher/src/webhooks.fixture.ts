import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { type DomainEvent, eventEncoder } from '@tradewind/outbox/encoder.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { claimer } from '#dispatch/claim.ts';
import { createDispatcher, type Dispatcher } from '#dispatch/dispatcher.ts';
import { outcomes } from '#dispatch/outcomes.ts';
import { sweeper } from '#dispatch/sweeper.ts';
import { ownWakeUps, type WakeUps } from '#dispatch/wake-ups.ts';
import { createIntake } from '#intake/intake.ts';
import { knownSubscriptions } from '#intake/known-subscriptions.ts';
import { webhookMetrics } from '#metrics.ts';
import { redeliveries } from '#redeliver/store.ts';
import { type Resolve, resolveBySystem } from '#send/guarded-connect.ts';
import { createSender } from '#send/sender.ts';
import { secretBox } from '#subscriptions/secret.ts';
import { subscriptionStore } from '#subscriptions/store.ts';
import type { SubscriptionTerms } from '#subscriptions/subscription.ts';

const dir = fileURLToPath(new URL('../migrations', import.meta.url));
export const ADJUSTED = 'ecommerce.inventory.stock.adjusted.v1';
const TOPIC = 'ecommerce.inventory.stock';

export interface Settings {
  readonly timeScale?: number;
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
  readonly most?: number;
  readonly allowPrivate?: boolean;
  readonly resolve?: Resolve;
  /** By what an instance is told of work; its own hints unless said. */
  readonly wakeUps?: WakeUps;
  /** Finds work by looking; on unless said. */
  readonly sweeping?: boolean;
}

/** A database of the service, and as many instances on it as a test wants. */
export async function openWebhooks() {
  const database = await templateDatabase({ name: 'webhook-dispatcher', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'webhooks-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'webhooks-test', maxConnections: 4 });
  const registry = createLocalRegistry();
  const box = secretBox('a key of tests');
  const log = createLogger('webhook-dispatcher', 'silent');
  const closers: (() => Promise<unknown>)[] = [];
  let offset = 0n;
  let tenant = 'STORE-1';

  /** An event of a product's stock, as Kafka hands it over. */
  function message(productId: string, onHand: number, { storeId = tenant } = {}): Message {
    const payload = {
      ...{ productId, sku: productId, storeId, onHand, reserved: 0, available: onHand, version: 1, delta: 1 },
      ...{
        reason: 'COUNT',
        adjustmentId: newId(),
        reservationId: null,
        orderId: null,
        deviceId: null,
        seq: null,
      },
    };
    const event: DomainEvent = { type: ADJUSTED, payload };
    const context = { storeId, correlationId: 'corr-1', causationId: null };
    const placed = { event, eventId: newId(), version: onHand, context };
    const { payload: value, eventId } = eventEncoder('inventory-service', registry).encode(
      placed,
      new Date(),
    );
    const headers = { eventId, eventType: ADJUSTED, storeId, correlationId: 'corr-1' };
    return { topic: TOPIC, key: productId, partition: 0, offset: offset++, timestamp: 0, value, headers };
  }

  function instance(settings: Settings = {}) {
    const { timeScale = 0.001, timeoutMs = 2_000, leaseMs = 5_000, most = 100 } = settings;
    const { allowPrivate = true, resolve = resolveBySystem, sweeping = true } = settings;
    const sender = createSender({ allowPrivate, resolve, timeoutMs });
    const metrics = webhookMetrics(() => 0);
    const wakeUps = settings.wakeUps ?? ownWakeUps((one) => dispatcher.wake(one));
    const rules = { timeScale, disableAfterMs: 432_000_000, disableAfterFailures: 10 };
    const encoder = eventEncoder('webhook-dispatcher-service', registry);
    const dispatcher: Dispatcher = createDispatcher({
      ...{ sender, wakeUps, metrics, log, most, leaseMs, graceMs: 100 },
      claim: claimer({ db, box, instance: newId(), leaseMs }),
      record: outcomes({ db, encoder, rules, onCommit: () => undefined }),
    });
    const decode = (value: Buffer) => registry.decode(value);
    const { apply } = createIntake({
      ...{ decode, wanting: knownSubscriptions(), db, wakeUps, metrics },
      broker: { publisher: () => never(), subscribe: () => never(), close: () => never() },
      onCrash: () => undefined,
    });
    const looking = sweeper({ systemDb, dispatcher, metrics, log });
    if (sweeping) void looking.start();
    const stop = async (): Promise<void> => {
      await looking.stop();
      await dispatcher.stop();
      await sender.close();
    };
    closers.push(stop);
    return { apply, dispatcher, sender, stop };
  }

  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    systemDb.transaction('', (tx) => tx.execute<Row>(text, values));

  return {
    ...{ db, systemDb, database, message, instance, rows },
    store: subscriptionStore({ db, box, overlapMs: 60_000, onActive: () => undefined }),
    redeliveries: redeliveries(db, () => undefined),
    async subscribe(url: string, terms: Partial<SubscriptionTerms> = {}, storeId = tenant) {
      const whole = { url, eventTypes: ['*'], description: null, rateLimit: null, ...terms };
      const store = subscriptionStore({ db, box, overlapMs: 60_000, onActive: () => undefined });
      const { subscription, secret } = await store.create(storeId, whole, undefined, {});
      return { subscriptionId: subscription.subscriptionId, secret };
    },
    /** How many deliveries there are of each status. */
    async counts(): Promise<Record<string, number>> {
      const found = await rows<{ status: string; count: number }>(
        'select status, count(*)::int as count from webhook_deliveries where store_id = $1 group by 1',
        [tenant],
      );
      return Object.fromEntries(found.map(({ status, count }) => [status, count]));
    },
    /** What is told of them, in order. */
    told: async () =>
      (
        await rows<{ type: string }>(
          'select event_type as type from outbox where store_id = $1 order by id',
          [tenant],
        )
      ).map(({ type }) => type.split('.').slice(2, 4).join('.')),
    get tenant() {
      return tenant;
    },
    /** A tenant without anything, and no instance that runs: a database by itself would cost a second. */
    async fresh(): Promise<void> {
      await Promise.all(closers.splice(0).map((close) => close()));
      tenant = `STORE-${newId()}`;
    },
    async close(): Promise<void> {
      await Promise.all(closers.map((close) => close()));
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

export type Webhooks = Awaited<ReturnType<typeof openWebhooks>>;

function never(): never {
  throw new Error('these tests hand the messages over themselves');
}
