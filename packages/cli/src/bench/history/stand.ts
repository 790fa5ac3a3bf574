import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SetupError } from '@tradewind/native/run.ts';
import type { Stage } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { FEW, MANY, nextCustomers } from '#bench/history/customers.ts';
import { checkout } from '#places.ts';
import { untilQuiet } from '#reconcile/quiet.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { readSpecs } from '#supervisor/state.ts';

/** So many at once: consumers are never further behind than they may be while commands are taken. */
const CHUNK = 20_000;
const PRODUCTS = 1_000;
const PLENTY = 100_000_000;
const QUIET_SECONDS = 900;

/** What a benchmark lets stand in the order service's tables, and counts there. */
export interface History {
  /** Orders in the tables, whoever made them. */
  count(): Promise<number>;
  /** Those whose lists are read, as many as there should be. */
  standListed(): Promise<void>;
  /** All others, until so many stand. */
  stand(wanted: number): Promise<void>;
  /** Ids of orders, here and there in the table. */
  someOrders(most: number): Promise<string[]>;
  /** Nothing is on its way any more. @throws where something still is */
  settle(): Promise<void>;
}

export function openHistory(stage: Stage, stack: RunningStack): History {
  const { say } = stage;
  let catalog: ReturnType<typeof makeCatalog> | undefined;

  async function write(customers: readonly string[]): Promise<void> {
    catalog ??= makeCatalog(stage, PRODUCTS, PLENTY);
    const { productIds, skus } = await catalog;
    const products = productIds.map((productId, at) => ({ productId, sku: skus[at]! }));
    await runOrderService(stage.home, { storeId: 'STORE-1', customers, products });
  }

  async function settle(): Promise<void> {
    let told = 0;
    const moving = await untilQuiet(stack, QUIET_SECONDS, (line) => {
      if (performance.now() - told < 10_000) return;
      told = performance.now();
      say(`  waiting: ${line}`);
    });
    if (moving.length > 0)
      throw new Error(`after ${QUIET_SECONDS} s there is still something on its way: ${moving.join(', ')}`);
  }

  const ask = async <Row extends object>(statement: string, values: readonly unknown[] = []) =>
    stack.query<Row>('order', statement, values);

  async function count(userId?: string): Promise<number> {
    const rows = await (userId === undefined
      ? ask<{ n: bigint }>('select count(*) as n from orders')
      : ask<{ n: bigint }>('select count(*) as n from orders where user_id = $1', [userId]));
    return Number(rows[0]?.n ?? 0n);
  }

  return {
    count: () => count(),
    settle,
    async standListed() {
      for (const { userId, orders } of [FEW, { ...MANY, orders: listed(stage) }]) {
        const missing = orders - (await count(userId));
        if (missing <= 0) continue;
        say(`${missing} orders of ${userId}`);
        await write(Array.from({ length: missing }, () => userId));
      }
      await settle();
    },
    async stand(wanted) {
      const first = await count();
      const started = performance.now();
      for (let standing = first; standing < wanted; standing = await count()) {
        await write(nextCustomers(standing, wanted, CHUNK));
        await settle();
        const now = await count();
        if (now <= standing) throw new Error(`${standing} orders stand, and none is added`);
        const rate = (now - first) / ((performance.now() - started) / 1_000);
        const minutes = Math.ceil(Math.max(0, wanted - now) / rate / 60);
        say(
          `${now.toLocaleString('en')} of ${wanted.toLocaleString('en')} orders, known to all (${rate.toFixed(0)}/s, ${minutes} min left)`,
        );
      }
    },
    async someOrders(most) {
      const rows = await ask<{ orderId: string }>(
        'select order_id as "orderId" from orders order by md5(order_id) limit $1',
        [most],
      );
      return rows.map(({ orderId }) => orderId);
    },
  };
}

/** Orders of the customer whose list is long: at a smaller scale it is shorter, but still many pages. */
export const listed = ({ scale }: Stage): number => Math.max(200, Math.round(MANY.orders * scale));

/** The order service's own code writes its rows, in a process of its own, with the service's environment. */
async function runOrderService(home: string, wish: object): Promise<void> {
  const spec = (await readSpecs(home)).find(({ name }) => name === 'order');
  if (spec === undefined) throw new SetupError('order is not part of this stack', './tw up');
  const folder = join(checkout, 'services/order');
  const { TW_FAILPOINT: _, ...env } = spec.env;
  const child = spawn(process.execPath, [join(folder, 'src/measure.ts')], {
    cwd: folder,
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  child.stdin.on('error', () => undefined).end(JSON.stringify(wish));
  const [code, errors] = await Promise.all([ended, text(child.stderr)]);
  if (code !== 0)
    throw new Error(`orders could not be placed, those that are stay; run it again: ${errors.trim()}`);
}
