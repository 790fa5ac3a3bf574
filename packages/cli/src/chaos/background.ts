import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '@tradewind/kernel/ids.ts';
import { latencies, percentiles, record } from '#bench/closed-loop.ts';
import { requestToken } from '#token.ts';
import type { Broken } from './checks.ts';
import { makeGoods } from './goods.ts';
import { untilPriced } from './load.ts';
import { persistentClient } from './persistent-client.ts';
import type { Scene } from './scene.ts';

/** Nobody subscribes to it and no customer of it has an address, so what arrives outside is the watched buyers' alone. */
const STORE = 'STORE-2';
const CUSTOMERS = 20;
const PATIENCE_MS = 30_000;

export interface Placed {
  readonly orders: number;
  readonly aSecond: number;
  /** From the time an order was due to its answer, in ms. */
  readonly p95: number;
  readonly surprises: readonly Broken[];
}

export interface Background {
  run(end: () => boolean): Promise<Placed>;
}

/**
 * Orders of one piece by the clock, whether or not earlier ones are answered: as many as come in a second may be open. One that is
 * refused for want of time is sent again, as buyers do.
 *
 * @param rate orders a second; with 0 nothing is made and nothing goes on
 */
export async function openBackground(scene: Scene, rate: number): Promise<Background> {
  if (rate === 0) return { run: () => Promise.resolve({ orders: 0, aSecond: 0, p95: 0, surprises: [] }) };
  const { services, serviceKey } = scene.endpoints;
  const token = (sub: string, roles: string[]): Promise<string> =>
    requestToken(services['identity']!, serviceKey, { sub, roles, storeId: STORE, ttlSeconds: 7_200 });
  const merchant = await token('chaos-background', ['ADMIN', 'MERCHANT']);
  const customers = await Promise.all(
    Array.from({ length: CUSTOMERS }, (_, index) => token(`chaos-passer-by-${index}`, ['CUSTOMER'])),
  );
  const urls = [services['order']!];
  const goods = await makeGoods(scene, { token: merchant, storeId: STORE });
  await untilPriced(urls, goods, merchant);

  return {
    async run(end) {
      const histogram = latencies();
      const surprises: Broken[] = [];
      const began = performance.now();
      let giveUpAt = Number.POSITIVE_INFINITY;
      const http = persistentClient(urls, new Map(), () => giveUpAt, 0);
      let turn = 0;
      let orders = 0;
      const lane = async (): Promise<void> => {
        while (!end()) {
          const { productId } = goods[turn % goods.length]!;
          const customer = customers[turn % customers.length]!;
          const at = began + (turn++ * 1_000) / rate;
          await pause(Math.max(0, at - performance.now()));
          const items = [{ productId, qty: 1 }];
          const made = await http.post('/api/v1/orders', newId(), { items }, customer);
          record(histogram, performance.now() - at);
          if (made?.status === 201) orders += 1;
          else surprises.push({ rule: 'unexpected answer', subject: STORE, what: JSON.stringify(made) });
        }
        giveUpAt = Math.min(giveUpAt, performance.now() + PATIENCE_MS);
      };
      await Promise.all(Array.from({ length: rate }, lane));
      const seconds = (performance.now() - began) / 1_000;
      return { orders, aSecond: orders / seconds, p95: percentiles(histogram).p95, surprises };
    },
  };
}
