import { credentials, Metadata } from '@grpc/grpc-js';
import pg from 'pg';
import {
  InventoryClient,
  ReserveRequest,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { closedLoop } from '#bench/closed-loop.ts';

const CLIENTS = 64;
const PRODUCTS = 1_000;
const RATE = 1_000;

export const reserve: Benchmark = {
  name: 'reserve',
  what: `gRPC ReserveStock, one call per reservation: ${CLIENTS} at a time spread over ${PRODUCTS} products, then on one hot SKU, then ${RATE}/s by the clock`,
  unit: 'reservation',
  target: 'p95 < 50 ms at a stated load; aim ≥ 5,000/s spread and ≥ 3,000/s hot',
  async prepare(stage) {
    const { productIds } = await makeCatalog(stage, PRODUCTS, 100_000_000);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await stage.token('bench-service', ['SERVICE'])}`);
    const client = new InventoryClient(stage.endpoints.grpc, credentials.createInsecure());
    const db = new pg.Client({
      connectionString: stage.endpoints.postgres.databases['inventory']!.systemUrl,
    });
    await db.connect();
    let reserved = 0;
    let turn = 0;
    const call = (productId: string) =>
      new Promise<boolean>((resolve, reject) => {
        const request = ReserveRequest.fromPartial({
          reservationId: `bench-${newId()}`,
          lines: [{ productId, qty: 1 }],
        });
        client.reserveStock(request, metadata, { deadline: Date.now() + 10_000 }, (error) =>
          error ? reject(error) : resolve(true),
        );
      });
    return {
      async run(seconds) {
        const next = () => call(productIds[turn++ % productIds.length]!);
        const spread = await closedLoop(CLIENTS, seconds / 3, next);
        const hot = await closedLoop(CLIENTS, seconds / 3, () => call(productIds[0]!));
        const steady = await byTheClock(RATE, seconds / 3, next);
        reserved += spread.done + hot.done + steady.done;
        return {
          ...spread,
          besides: hot.done + steady.done,
          extra: {
            'hot SKU': `${(hot.done / hot.seconds).toFixed(0)}/s   p50 ${hot.p50!.toFixed(1)}   p95 ${hot.p95!.toFixed(1)} ms`,
            [`at ${RATE}/s`]: `p50 ${steady.p50!.toFixed(1)}   p95 ${steady.p95!.toFixed(1)} ms`,
          },
        };
      },
      async check() {
        const { rows } = await db.query<{ held: string; reserved: string }>(
          `select (select coalesce(sum(qty), 0) from stock_reservation where product_id = any($1) and state = 'HELD') as held,
             (select coalesce(sum(reserved), 0) from inventory_stock where product_id = any($1)) as reserved`,
          [productIds],
        );
        const [row] = rows;
        if (Number(row?.held) !== reserved || Number(row?.reserved) !== reserved) {
          throw new Error(`${reserved} acknowledged, ${JSON.stringify(row)} stored`);
        }
        return `${reserved} acknowledged = held = reserved`;
      },
      async close() {
        client.close();
        await db.end();
      },
    };
  },
};
