import { setTimeout as pause } from 'node:timers/promises';
import type { Broken } from '#chaos/checks.ts';
import { buyerName, type Load } from '#chaos/load.ts';
import type { Scene } from '#chaos/scene.ts';
import { toldStatuses } from '#reconcile/told-statuses.ts';
import { requestToken } from '#token.ts';
import { watchOrders, type Watcher } from './watchers.ts';
import { type TrueOrder, watcherProblems } from './watcher-oracle.ts';

const PATIENCE_MS = 60_000;
const POLL_MS = 250;

const statuses = 'select order_id as "orderId", status from orders where order_id = any($1)';
/** A page for each buyer, through the gateway. */
export async function openPages(
  { endpoints }: Scene,
  { seed, clients }: { readonly seed: number; readonly clients: number },
): Promise<readonly Watcher[]> {
  const tokens = await Promise.all(
    Array.from({ length: clients }, (_, client) =>
      requestToken(endpoints.services['identity']!, endpoints.serviceKey, {
        ...{ sub: buyerName(seed, client), roles: ['CUSTOMER'], storeId: 'STORE-1', ttlSeconds: 7_200 },
      }),
    ),
  );
  return tokens.map((token) => watchOrders(endpoints.gateway, token));
}

/** Waits until each page is connected and holds what is true of its buyer's orders; answers what is wrong in the end. */
export async function pagesAgree(scene: Scene, load: Load, pages: readonly Watcher[]): Promise<Broken[]> {
  const byClient = Map.groupBy(
    load.acknowledged.filter(({ kind }) => kind === 'order'),
    ({ client }) => client,
  );
  const truth = await ordersOf(scene, load);
  const problems = (): Broken[] =>
    pages.flatMap((page, client) => {
      const own = (byClient.get(client) ?? []).flatMap(({ orderId }) => truth.get(orderId) ?? []);
      const subject = `client ${client}`;
      return [
        ...watcherProblems(own, page.told),
        ...page.errors.map((code) => ({ rule: 'websocket', subject, what: `was told the error ${code}` })),
        ...(page.open ? [] : [{ rule: 'websocket', subject, what: 'is not connected' }]),
      ];
    });
  for (const end = performance.now() + PATIENCE_MS; ; await pause(POLL_MS)) {
    const found = problems();
    if (found.length === 0 || performance.now() > end) return found;
  }
}

async function ordersOf({ stack }: Scene, { acknowledged }: Load): Promise<Map<string, TrueOrder>> {
  const ids = [...new Set(acknowledged.map(({ orderId }) => orderId))];
  const orders = await stack.query<Omit<TrueOrder, 'versions'>>('order', statuses, [ids]);
  const versions = new Map<string, number[]>();
  const wanted = new Set(ids);
  for await (const rows of toldStatuses(stack))
    for (const { order_id, changes } of rows)
      if (wanted.has(order_id))
        versions.set(
          order_id,
          changes.map(({ version }) => version),
        );
  return new Map(
    orders.map((order) => [order.orderId, { ...order, versions: versions.get(order.orderId) ?? [] }]),
  );
}
