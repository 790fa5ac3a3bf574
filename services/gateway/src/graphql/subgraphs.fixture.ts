import type { AddressInfo } from 'node:net';
import { inventoryGraphql } from '@tradewind/contracts/generated/graphql/inventory.ts';
import { orderGraphql } from '@tradewind/contracts/generated/graphql/order.ts';
import { pricingGraphql } from '@tradewind/contracts/generated/graphql/pricing.ts';
import { productGraphql } from '@tradewind/contracts/generated/graphql/product.ts';
import { partLoader } from '@tradewind/graphql/part-loader.ts';
import { type Caller, callerOf, type Resolvers, serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import { serviceConfig } from '@tradewind/service/config.ts';
import { createHttp } from '@tradewind/service/http.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { unauthenticated } from '@tradewind/service/principal.ts';

/** What reached a service: one entry a request, one list of ids a query of its tables. */
export interface Seen {
  readonly requests: { readonly headers: Readonly<Record<string, unknown>>; readonly query: unknown }[];
  readonly queries: (readonly string[])[];
}

interface Context extends Caller {
  readonly parts: { load(id: string): Promise<unknown> };
}

const noCache = { read: async (ids: readonly string[]) => ids.map(() => undefined), keep: () => undefined };
const tokens = {
  verify(token: string) {
    if (token !== 'good') throw unauthenticated('the token is not valid');
    return { sub: 'USER-1', roles: ['CUSTOMER' as const], storeId: 'STORE-1', permissions: [] };
  },
};
const ids = (count: number) => Array.from({ length: count }, (_, at) => `P-${at}`);

async function serve(
  name: string,
  sdl: string,
  resolvers: Resolvers<Context>,
  partOf: (id: string) => object,
) {
  const seen: Seen = { requests: [], queries: [] };
  const base = { PORT: 0, JWKS_URL: 'http://127.0.0.1:1/jwks', JWT_ISSUER: 'test' };
  const app = await createHttp({
    ...{ service: name, logger: createLogger(name, 'silent'), tokens },
    config: serviceConfig.parse(base),
  });
  app.addHook('onRequest', (request, _reply, done) => {
    seen.requests.push({ headers: request.headers, query: request.query });
    done();
  });
  serveSubgraph<Context>(app, {
    ...{ sdl, resolvers, introspection: false },
    contextOf: (caller) => ({
      ...caller,
      parts: partLoader(caller.storeId, noCache, async (_, wanted) => {
        seen.queries.push(wanted);
        return new Map(wanted.map((id) => [id, { version: 1, body: partOf(id) }]));
      }),
    }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { url, seen, close: () => app.close() };
}

/** The subgraphs under their committed schemas, with tables that are only counted. */
export async function subgraphs() {
  const product = await serve(
    'product',
    productGraphql,
    {
      Query: {
        product: (_: unknown, { id }: { id: string }, { parts }: Context) => parts.load(id),
        products: (_: unknown, { first }: { first: number }) =>
          ids(first).map((id) => ({ id, name: `Name ${id}` })),
        productPage() {
          throw new DomainError('VALIDATION_FAILED', 'invalid', 'there is no such cursor');
        },
      },
      Product: {
        __resolveReference: ({ id }: { id: string }, { parts }: Context) => parts.load(id),
        description() {
          throw new Error('select * from products: connection to 10.0.0.7 refused');
        },
      },
    },
    (id) => ({ id, name: `Name ${id}`, sku: `SKU-${id}` }),
  );
  const inventory = await serve(
    'inventory',
    inventoryGraphql,
    {
      Product: {
        inventory: ({ id }: { id: string }, _: unknown, { parts }: Context) => parts.load(id),
      },
    },
    (id) => ({ productId: id, available: 7, onHand: 9 }),
  );
  const pricing = await serve(
    'pricing',
    pricingGraphql,
    { Product: { price: ({ id }: { id: string }, _: unknown, { parts }: Context) => parts.load(id) } },
    () => ({ amount: '2.00' }),
  );
  const order = await serve(
    'order',
    orderGraphql,
    {
      Query: {
        myOrders(_: unknown, __: unknown, context: Context) {
          callerOf(context, 'authenticated', 'any');
          return [
            { orderId: 'O-1', items: ids(3).map((productId) => ({ productId, product: { id: productId } })) },
          ];
        },
      },
      Mutation: {
        placeOrder: (_: unknown, { idempotencyKey }: { idempotencyKey?: string }) => ({
          orderId: idempotencyKey ?? 'none',
        }),
      },
    },
    () => ({}),
  );
  return { product, inventory, pricing, order };
}
