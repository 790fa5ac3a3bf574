import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { replyFinder } from '@tradewind/outbox/idempotency.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { serviceConfig } from '@tradewind/service/config.ts';
import { createHttp } from '@tradewind/service/http.ts';
import { createLogger, type Logger } from '@tradewind/service/logger.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { tokenIssuer } from '@tradewind/testing/tokens.ts';
import { resolutionOf } from '#cart/cart.fixture.ts';
import type { OrderRequest } from '#cart/cart.ts';
import { Redis } from 'ioredis';
import { copyKey, openCartCopies } from '#cart-copies.ts';
import { registerRoutes } from '#http.ts';
import type { OrderAnswer } from '#orders.ts';
import type { PriceAnswer, PriceRequest } from '#prices.ts';
import { cartReader } from '#cart-reader.ts';
import { cartStore } from '#store.ts';

const dir = fileURLToPath(new URL('../migrations', import.meta.url));
export const log: Logger = createLogger('cart', 'silent');

/** What a product is sold in, without any rate to another currency. */
const currencyOf = (productId: string): string => (productId.startsWith('EUR') ? 'EUR' : 'USD');

/**
 * Pricing, inventory and orders, as a test wants them. Products that begin with `GONE` are not sold, those that begin with
 * `EUR` only in euros, all others in dollars.
 */
export function fakeOthers() {
  const refusedCodes = new Set<string>();
  const placed: { cartId: string; request: OrderRequest }[] = [];
  const made = new Map<string, OrderAnswer>();
  const others = {
    refusedCodes,
    /** Every order that was asked for. */
    placed,
    pricingAway: false,
    /** What the order service does next instead of making the order. */
    nextOrder: undefined as OrderAnswer | (() => Promise<OrderAnswer>) | undefined,
    prices: {
      async resolve(request: PriceRequest): Promise<PriceAnswer> {
        if (others.pricingAway) throw new DomainError('PRICING_UNAVAILABLE', 'unavailable', 'away');
        const gone = request.lines.filter(({ productId }) => productId.startsWith('GONE'));
        if (gone.length > 0)
          return { kind: 'unknown-products', productIds: gone.map((line) => line.productId) };
        const problems = request.codes
          .filter((code) => refusedCodes.has(code))
          .map((code) => ({ code, reason: 'EXHAUSTED' }));
        if (problems.length > 0) return { kind: 'codes', problems };
        const soldIn = new Set(request.lines.map(({ productId }) => currencyOf(productId)));
        const currency = request.currency ?? [...soldIn][0] ?? 'USD';
        if (soldIn.size > 1 || !soldIn.has(currency)) return { kind: 'currency', message: 'mixed' };
        return {
          kind: 'resolved',
          resolution: { ...resolutionOf(request.lines, request.codes), currency },
        };
      },
    },
    hints: async (productIds: readonly string[]) => new Map(productIds.map((id) => [id, 10])),
    orders: {
      async place(cartId: string, request: OrderRequest): Promise<OrderAnswer> {
        placed.push({ cartId, request });
        const next = others.nextOrder;
        others.nextOrder = undefined;
        if (next) return typeof next === 'function' ? next() : next;
        // One order per cart, as behind an Idempotency-Key.
        const known = made.get(cartId) ?? orderOf(request);
        made.set(cartId, known);
        return known;
      },
    },
  };
  return others;
}

function orderOf(request: OrderRequest): OrderAnswer {
  const { total, currency } = resolutionOf(request.items, request.discountCodes);
  const order = { orderId: newId(), total, currency };
  const body = { ...order, total: undefined, status: 'PENDING', userId: request.userId, version: 1 };
  return { kind: 'made', order, body: JSON.stringify(body) };
}

export type Others = ReturnType<typeof fakeOthers>;

/** Two processes of the service, as far as database, Redis and clients can tell. */
export async function openCarts(others: Others = fakeOthers()) {
  const database = await templateDatabase({ name: 'cart', dir });
  const redis = await (await servers()).redis();
  const issuer = await tokenIssuer();
  const systemDb = openDatabase({ url: database.systemUrl, name: 'cart-test', maxConnections: 4 });

  async function startOne() {
    const db = openDatabase({ url: database.databaseUrl, name: 'cart-test' });
    const copies = openCartCopies({ url: redis.url, log });
    await eventually(() => copies.ping());
    const encoder = eventEncoder('cart-service', createLocalRegistry());
    const store = cartStore({ db, encoder, copies, onEvents: () => undefined });
    const reader = cartReader({
      ...{ db, copies, prices: others.prices, hints: others.hints },
      ...{ onRead: () => undefined, onPrices: () => undefined },
    });
    const app = await createHttp({
      ...{ service: 'cart', logger: log, findReply: replyFinder(db) },
      config: serviceConfig.parse({ PORT: 0, JWKS_URL: issuer.jwksUrl, JWT_ISSUER: issuer.issuer }),
      tokens: tokenVerifier({ jwksUrl: issuer.jwksUrl, issuer: issuer.issuer }),
    });
    const metrics = { settled: () => undefined };
    registerRoutes(app, { db, reader, store, orders: others.orders, metrics });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return {
      ...{ db, copies, store, reader, url },
      close: () => Promise.all([app.close(), db.close(), copies.close()]),
    };
  }
  const processes = await Promise.all([startOne(), startOne()]);
  const [one, two] = processes;

  /** This database goes, and a stack that shares its Redis would wonder about them. */
  async function removeCopies(): Promise<void> {
    type Row = { storeId: string; cartId: string };
    const text = 'select store_id as "storeId", cart_id as "cartId" from carts';
    const made = await systemDb.transaction('', (tx) => tx.execute<Row>(text));
    const shared = new Redis(redis.url);
    await Promise.all(made.map(({ storeId, cartId }) => shared.del(copyKey(storeId, cartId))));
    await shared.quit();
  }

  return {
    others,
    one,
    two,
    systemDb,
    redisUrl: redis.url,
    /** A customer's client of one of the processes; without a `sub`, somebody without a login. */
    async client({
      sub,
      storeId = 'STORE-1',
      at = one,
    }: {
      sub?: string;
      storeId?: string;
      at?: typeof one;
    }) {
      return httpClient(at.url, sub && (await issuer.token({ sub, storeId })));
    },
    rows: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      systemDb.transaction('', (tx) => tx.execute<Row>(text, values)),
    async close(): Promise<void> {
      await Promise.all(processes.map((process) => process.close()));
      await removeCopies();
      await Promise.all([systemDb.close(), issuer.close()]);
      await database.drop();
    },
  };
}
