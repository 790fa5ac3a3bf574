import { join } from 'node:path';
import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { HealthCheck } from '@tradewind/service/health.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { freshnessOf } from '#freshness.ts';
import { registerFunnel } from '#funnel/http.ts';
import { readLiveFigures, tenantsOfToday } from '#live/figures.ts';
import { livePublisher } from '#live/publisher.ts';
import { analyticsMetrics } from '#metrics.ts';
import { registerOrderToPaid } from '#order-to-paid/http.ts';
import { productNames } from '#projections/product-names.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { registerRevenue } from '#revenue/http.ts';
import { STAR_GROUP, starOwner } from '#star/owner.ts';
import { registerSalesSummary } from '#summary/http.ts';
import { summaryJob } from '#summary/job.ts';
import { registerTopProducts } from '#top-products/http.ts';
import { windowsProgress } from '#windows/progress.ts';

const FILE = 'star.duckdb';

/** The service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log, crash } = foundation;
  const service = await openEventService('analytics', config, foundation);
  const { app, db, systemDb, broker, schemas } = service;
  const latenessMs = config.TW_ANALYTICS_LATENESS_MS;

  const live = livePublisher({
    ...{ redisUrl: config.REDIS_URL, log },
    read: (storeId) => readLiveFigures(db, storeId),
  });
  const owner = starOwner({
    ...{ broker, log, onCrash: crash, systemUrl: config.DATABASE_SYSTEM_URL },
    decode: (value) => schemas.decode(value),
    path: join(config.ANALYTICS_DATA, FILE),
  });
  const windows = revenueWindows({
    latenessMs,
    onApplied(applied) {
      metrics.applied(applied);
      live.changed(applied.tenants);
    },
  });
  const progress = windowsProgress(windows, db, broker, log);
  const metrics = analyticsMetrics(progress, owner);
  const summaries = summaryJob({
    ...{ owned: () => owner.owned, db, systemDb, clock: Date.now, latenessMs, log },
    everyMs: config.TW_ANALYTICS_SUMMARY_MS,
    onMade: (made) => metrics.made(made),
  });

  const freshness = freshnessOf(progress, latenessMs);
  registerRevenue(app, db, freshness);
  registerFunnel(app, db, freshness);
  registerTopProducts(app, db, freshness);
  registerOrderToPaid(app, db, freshness);
  registerSalesSummary(app, db);

  const watermark: HealthCheck = {
    name: 'watermark',
    optional: true,
    check: async () => ({
      ok: true,
      detail: { ...freshness.of(new Date()), lag: Number(progress.now?.lag ?? -1n) },
    }),
  };
  return eventServiceComponents('analytics', config, foundation, service, {
    deps: {},
    projections: [productNames, windows],
    consumers: () => (owner.owned ? [{ name: STAR_GROUP, subscription: owner.subscription }] : []),
    checks: [watermark],
    components: [
      live,
      { name: 'figures of today', start: async () => live.changed(await tenantsOfToday(systemDb)) },
      progress,
      owner,
      summaries,
    ],
  });
}
