import type { EventService } from '@tradewind/service/event-service.ts';
import { inBackground } from '@tradewind/service/event-service.ts';
import type { HealthCheck } from '@tradewind/service/health.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import type { Reaction } from '@tradewind/outbox/reaction.ts';
import { periodically } from '@tradewind/outbox/periodically.ts';
import type { PushConfig } from './push-config.ts';
import { onFlashSaleChanged } from '#on/push-flash-sale-changed.ts';
import { onFlashSaleEnded } from '#on/push-flash-sale-ended.ts';
import { onFlashSaleStarted } from '#on/push-flash-sale-started.ts';
import { orderStatus } from '#projections/order-status.ts';
import { type Entry, openChangeStream } from './change-stream.ts';
import { clientCounts } from './client-counts.ts';
import { openConnections } from './connections.ts';
import { dashboardDesk } from './dashboard-desk.ts';
import { dashboardOf } from './dashboard.ts';
import { fanOut } from './fan-out.ts';
import { flashFeed } from './flash-feed.ts';
import { flashNewsDesk } from './flash-news.ts';
import { lateness } from './lateness.ts';
import { liveDesk } from './live-figures.ts';
import { orderNewsDesk } from './order-news.ts';
import { projectionProgress } from './projection-progress.ts';
import { pushMetrics } from './push-metrics.ts';
import { registerEventStreams } from './sse/http.ts';
import { statusQueries } from './status-queries.ts';
import { streamFollower } from './stream-follower.ts';
import { tellFlashNews } from './tell-flash-news.ts';
import { watchedOrders } from './watched-orders.ts';
import { registerOrderSockets } from './ws/http.ts';

/** What it needs of the service. */
export type PushHost = Pick<
  EventService,
  'app' | 'db' | 'systemDb' | 'broker' | 'schemas' | 'tokens' | 'stores'
>;

/** Parts of the service that keep clients up to date. */
export interface Push {
  readonly components: readonly Component[];
  readonly reactions: readonly Reaction<object>[];
  readonly checks: readonly HealthCheck[];
}

/** However hints were lost, clients know what the projection knows after this long. */
const SWEEP_MS = 60_000;

/** WebSocket and SSE, wired by hand. */
export async function push(
  service: PushHost,
  config: PushConfig,
  foundation: Pick<Foundation, 'log' | 'crash'>,
): Promise<Push> {
  const { app, db, systemDb, broker, schemas, tokens, stores } = service;
  const { log, crash } = foundation;
  const redis = { url: config.REDIS_URL, key: config.PUSH_STREAM, log };
  const statuses = statusQueries(db, stores);
  const stream = openChangeStream({ ...redis, maxChanges: config.PUSH_KEPT_CHANGES });
  const connections = openConnections({
    ...{ most: config.PUSH_MAX_CONNECTIONS, heartbeatMs: config.PUSH_HEARTBEAT_MS, tokens, log },
  });
  const metrics = pushMetrics({ connections: (kind) => connections.count(kind), watched: () => orders.size });
  const orders = watchedOrders({
    ...{ statuses, log },
    onTold(change, clients) {
      metrics.sent('ws', clients);
      metrics.lag(change.occurredAt);
    },
  });
  const onSent = (clients: number) => metrics.sent('sse', clients);
  const feed = flashFeed(db);
  const flashNews = flashNewsDesk({ feed, log, onSent });
  const orderNews = orderNewsDesk({ stream, statuses, log, onSent, position: () => follower.position });
  const counts = clientCounts({ url: config.REDIS_URL, connections, log });
  const live = liveDesk(config.REDIS_URL, log);
  const dashboards = dashboardDesk({ read: dashboardOf(db, stores), counts, live, log, onSent });

  function resync(): void {
    metrics.resynced();
    orders
      .resync()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'statuses could not be read anew'));
  }

  function deliver(entries: readonly Entry[]): void {
    for (const { hint } of entries) {
      if ('flashSales' in hint) flashNews.wake(hint.storeId);
      else {
        news.heard(hint.change.occurredAt);
        orders.hint(hint.storeId, hint.orderId, hint.userId, hint.change);
      }
    }
    orderNews.entries(entries);
  }

  const follower = streamFollower({
    ...{ ...redis, onEntries: deliver, onAway: resync },
    onLost() {
      resync();
      orderNews.lost();
    },
  });
  const out = fanOut({
    ...{ broker, statuses, stream, log, onCrash: crash, decode: (value) => schemas.decode(value) },
    progress: projectionProgress(db, orderStatus.name),
  });
  const news = lateness({ subscription: () => out.subscription, log });

  const limits = {
    maxBuffered: config.PUSH_MAX_BUFFERED,
    messagesPerSecond: config.PUSH_MESSAGES_PER_SECOND,
    messageBurst: config.PUSH_MESSAGES_PER_SECOND * 4,
    maxSubscriptions: config.PUSH_MAX_SUBSCRIPTIONS,
  };
  // First what streams need to end, so that closing the server does not wait for their clients.
  app.addHook('preClose', async () => connections.endAll());
  await registerOrderSockets(app, {
    connections,
    metrics,
    orders,
    limits,
    log,
    late: () => news.late,
    origins: config.PUSH_ORIGINS,
  });
  registerEventStreams(app, {
    ...{ connections, metrics, flashNews, orderNews, dashboards },
    ...{ maxBuffered: config.PUSH_MAX_BUFFERED, retryMs: config.PUSH_RETRY_MS },
  });

  const tell = tellFlashNews(feed, stream, log);
  return {
    reactions: [onFlashSaleStarted, onFlashSaleChanged, onFlashSaleEnded].map((one) => ({
      ...one,
      handle: () => one.handle({ tell }),
    })),
    checks: [
      {
        name: 'change stream',
        check: async () => ({ ok: follower.following, detail: { position: follower.position } }),
        optional: true,
      },
    ],
    components: [
      closing('change stream', () => stream.close()),
      closing('client counts', () => counts.close()),
      feed.expiry(systemDb, log),
      follower,
      inBackground('fan-out', out, log),
      news,
      periodically({ name: 'push sweep', everyMs: SWEEP_MS, log, round: () => orders.resync() }),
      closing('live figures', () => live.stop()),
      ...[connections, flashNews, dashboards],
    ],
  };
}
