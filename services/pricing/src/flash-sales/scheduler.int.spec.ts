import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pricingMetrics } from '#metrics.ts';
import { contextIn, openPricing } from '#pricing.fixture.ts';
import type { SaleTerms } from './decide.ts';
import { saleScheduler } from './scheduler.ts';
import { flashSales } from './store.ts';

let pricing: Awaited<ReturnType<typeof openPricing>>;
let others: Database[];

beforeAll(async () => {
  pricing = await openPricing();
  await pricing.product('P1', 1_000);
  others = [1, 2].map(() => openDatabase({ url: pricing.database.databaseUrl, name: 'pricing-test' }));
});
afterAll(async () => {
  await Promise.all(others.map((db) => db.close()));
  await pricing.close();
});

const context = contextIn('STORE-1');
/** From and until so many ms from now. */
const terms = (from: number, until: number): SaleTerms => ({
  ...{ name: 'Friday', productIds: ['P1'], price: { basisPoints: 2_500 } },
  ...{ startsAt: new Date(Date.now() + from), endsAt: new Date(Date.now() + until) },
});
const announce = (from: number, until: number) => pricing.sales.create(terms(from, until), context, {});

/** Stores as two processes have them, each on connections of its own. */
const stores = () =>
  others.map((db) => flashSales(db, eventEncoder('pricing-service', createLocalRegistry()), () => undefined));

async function whileScheduled(work: () => Promise<void>): Promise<void> {
  const { systemDb } = pricing;
  const [metrics, log] = [pricingMetrics(), createLogger('pricing', 'silent')];
  const schedulers = stores().map((sales) => saleScheduler({ sales, systemDb, metrics, log }));
  for (const one of schedulers) await one.start();
  await work().finally(() => Promise.all(schedulers.map((one) => one.stop())));
}

async function stateOf(saleId: string) {
  const [sale] = await pricing.rows<{ status: string; leased: boolean }>(
    'select status, leased_until is not null as leased from flash_sales where sale_id = $1',
    [saleId],
  );
  const events = await pricing.rows<{ event: string }>(
    `select aggregate_version || ' ' || split_part(event_type, '.', 4) as event from outbox
     where partition_key = $1 order by id`,
    [saleId],
  );
  return { ...sale, events: events.map(({ event }) => event) };
}
const told = ['1 started', '2 ended'];

describe('flash sales with two schedulers', () => {
  it('begin once and end once', async () => {
    const sales = await Promise.all([1, 2, 3, 4].map(() => announce(300, 800)));
    await whileScheduled(async () => {
      for (const { saleId } of sales) {
        await eventually(async () => expect(await stateOf(saleId)).toMatchObject({ status: 'ENDED' }));
      }
    });
    for (const { saleId } of sales) {
      expect(await stateOf(saleId)).toEqual({ status: 'ENDED', leased: false, events: told });
    }
  });

  it('that were slept through are told as begun and ended, once', async () => {
    const { saleId } = await announce(60_000, 120_000);
    await pricing.rows(
      `update flash_sales set starts_at = now() - interval '2 h', ends_at = now() - interval '1 h',
         due_at = now() - interval '2 h' where sale_id = $1`,
      [saleId],
    );
    await whileScheduled(() =>
      eventually(async () => expect(await stateOf(saleId)).toMatchObject({ status: 'ENDED', events: told })),
    );
  });

  it('are moved once where stores race without a lease', async () => {
    const { saleId } = await announce(60_000, 120_000);
    await pricing.rows('update flash_sales set starts_at = now(), due_at = now() where sale_id = $1', [
      saleId,
    ]);
    const racing = stores();
    const moves = await Promise.all(
      Array.from({ length: 8 }, (_, n) => racing[n % 2]?.carryOn(saleId, context)),
    );
    expect(moves.filter((move) => move?.before.status !== move?.after.status)).toHaveLength(1);
    expect(await stateOf(saleId)).toMatchObject({ status: 'ACTIVE', events: ['1 started'] });
  });
});

describe('changing a flash sale that somebody else has locked', () => {
  it('fails at once, and nothing is half done', async () => {
    const { saleId } = await pricing.sales.create(terms(0, 600_000), context, {});
    const change = () =>
      pricing.sales.change(
        saleId,
        (sale) => ({ ...sale, price: { basisPoints: 3_000 } }),
        undefined,
        context,
      );
    const revision = () => pricing.rows('select revision from rule_revisions');
    const [before, rules] = [await stateOf(saleId), await revision()];
    await pricing.systemDb.transaction('', async (tx) => {
      await tx.query('select 1 from flash_sales where sale_id = $1 for update', [saleId]);
      const started = performance.now();
      await expect(change()).rejects.toMatchObject({ code: 'FLASH_SALE_BUSY', retryAfter: 1 });
      // Far below the 5 s that other statements wait for a lock.
      expect(performance.now() - started).toBeLessThan(2_000);
    });
    expect([await stateOf(saleId), await revision()]).toEqual([before, rules]);
    expect(await change()).toMatchObject({ price: { basisPoints: 3_000 } });
    expect((await stateOf(saleId)).events).toEqual(['1 started', '2 changed']);
  });
});
