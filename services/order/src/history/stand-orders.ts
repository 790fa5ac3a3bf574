import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { grpcClient } from '@tradewind/service/grpc-client.ts';
import { serviceTokens } from '@tradewind/service/service-token.ts';
import { cancelOrder } from '#cancel-order/decide.ts';
import type { Config } from '#config.ts';
import type { Inventory } from '#inventory.ts';
import { inventoryClient } from '#inventory-client.ts';
import type { Line } from '#order/pricing.ts';
import { placeOrder } from '#place-order/decide.ts';
import { orderStore, type OrderStore } from '#store.ts';
import type { HistoryWish } from './wish.ts';

/** Of one transaction, and on their way at once. */
const BATCH = 1_000;
const PRICE = 1_000n;
const CURRENCY = 'USD';
const HOLD_GRACE_MS = 60_000;

type Product = HistoryWish['products'][number];

interface Counter {
  readonly orders: OrderStore;
  readonly inventory: Inventory;
  readonly storeId: string;
  readonly payWithinMs: number;
}

/**
 * Orders as shoppers leave them who think better of it: reserved, placed, canceled. They end without money, so that the
 * figures of what was sold stay true; their events leave by the outbox, and the service's relay takes them.
 */
export async function standOrders(
  config: Config,
  { storeId, customers, products }: HistoryWish,
): Promise<void> {
  const name = 'order:history';
  const db = openDatabase({ url: config.DATABASE_URL, name, byIndex: true });
  const schemas = createSchemaRegistry({ url: config.SCHEMA_REGISTRY_URL });
  await schemas.load(['ecommerce.order.order.created.v1', 'ecommerce.order.order.canceled.v1']);
  const token = serviceTokens({
    ...{ identityUrl: config.JWT_ISSUER, serviceKey: config.SERVICE_KEY, service: 'order' },
  });
  const address = config.INVENTORY_GRPC_URL;
  const grpc = grpcClient({ address, token, unavailable: 'INVENTORY_UNAVAILABLE' });
  const encoder = eventEncoder('order-service', schemas);
  const decode = (value: Buffer) => schemas.decode(value);
  const counter: Counter = {
    // The relay looks at the outbox by itself.
    orders: orderStore(db, encoder, decode, () => undefined, BATCH),
    inventory: inventoryClient(grpc),
    storeId,
    payWithinMs: config.TW_ORDER_TTL_MS,
  };
  try {
    for (let first = 0; first < customers.length; first += BATCH) {
      const part = customers.slice(first, first + BATCH);
      const placed = await Promise.all(
        part.map((userId, at) => place(counter, userId, pick(products, first + at))),
      );
      await Promise.all(part.map((userId, at) => cancel(counter, userId, placed[at]!)));
    }
  } finally {
    grpc.close();
    await db.close();
  }
}

const contextIn = (storeId: string): CommandContext => ({
  ...{ storeId, correlationId: newId(), causationId: null },
});

/** Two different ones. */
function pick(products: readonly Product[], turn: number): readonly Product[] {
  const first = (turn * 31) % products.length;
  return [products[first]!, products[(first + 1 + (turn % (products.length - 1))) % products.length]!];
}

/** As `POST /orders` does, but for the price, which is known. */
async function place(counter: Counter, userId: string, products: readonly Product[]): Promise<string> {
  const { orders, inventory, storeId, payWithinMs } = counter;
  const orderId = newId();
  const context = contextIn(storeId);
  const lines = products.map(({ productId, sku }, at): Line => {
    const qty = at + 1;
    return {
      ...{ productId, sku, qty, listPrice: PRICE, price: PRICE, total: PRICE * BigInt(qty), rules: [] },
    };
  });
  const ttlSeconds = Math.ceil((payWithinMs + HOLD_GRACE_MS) / 1_000);
  await inventory.reserve({ reservationId: orderId, orderId, lines, ttlSeconds }, context);
  const pricing = { discount: 0n, codes: [], rules: [] };
  await orders.handle(
    orderId,
    (order, { now }) =>
      placeOrder(order, {
        ...{ orderId, userId, currency: CURRENCY, lines, pricing, reservationId: orderId, now, payWithinMs },
      }),
    { context, create: true },
  );
  return orderId;
}

async function cancel({ orders, storeId }: Counter, userId: string, orderId: string): Promise<void> {
  const always = { mayCancel: () => true, needsApproval: () => false };
  await orders.handle(
    orderId,
    (order, { now }) => cancelOrder(order, { ...always, actor: userId, reason: 'changed my mind', now }),
    { context: contextIn(storeId) },
  );
}
