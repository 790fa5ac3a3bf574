import { z } from 'zod';

interface Paths {
  /** This path and everything below it. */
  readonly under?: readonly string[];
  /** This path only. */
  readonly exact?: readonly string[];
}

/** Which service owns which paths. A new service is one entry here and one in SERVICE_URLS. */
export const routes = {
  product: { under: ['/api/v1/products', '/api/v1/categories', '/api/v1/collections'] },
  pricing: {
    under: [
      '/api/v1/flash-sales',
      '/api/v1/prices',
      '/api/v1/promotions',
      '/api/v1/discount-codes',
      '/api/v1/price-lists',
      '/api/v1/currency-rates',
    ],
  },
  cart: { under: ['/api/v1/carts'] },
  order: { under: ['/api/v1/orders'] },
  inventory: {
    under: ['/api/v1/stores/:storeId/inventory', '/api/v1/inventory', '/api/v1/reservations'],
    exact: ['/api/v1/sync'],
  },
  'payment-adapter': { under: ['/api/v1/payments'] },
  notification: { under: ['/api/v1/notifications', '/api/v1/notification-templates'] },
  'webhook-dispatcher': { under: ['/api/v1/webhooks'] },
  analytics: { under: ['/api/v1/analytics'] },
  identity: {
    under: [
      ...['/api/v1/tokens', '/api/v1/api-tokens', '/api/v1/keys'],
      ...['/api/v1/users', '/api/v1/customers', '/api/v1/roles'],
    ],
    exact: [
      ...['/api/v1/stores', '/api/v1/stores/:storeId'],
      ...['/api/v1/permissions', '/api/v1/audit-log', '/.well-known/jwks.json'],
    ],
  },
} as const satisfies Readonly<Record<string, Paths>>;

export type ServiceName = keyof typeof routes;

/** Whose are `/ws/*` and `/sse/*`: connections that stay, which are not forwarded like the others. */
export const pushService = 'notification' satisfies ServiceName;

/** A service outside the table is a mistake in the configuration, not silently unreachable. */
export const serviceUrls = z.partialRecord(
  z.enum(Object.keys(routes) as [ServiceName, ...ServiceName[]]),
  z.url(),
);
export type ServiceUrls = z.infer<typeof serviceUrls>;

/** Route patterns of a service, as fastify writes them. What operators ask of it is below a path of its own name. */
export function patternsOf(service: ServiceName): string[] {
  const { under = [], exact = [] }: Paths = routes[service];
  return [...under.flatMap((path) => [path, `${path}/*`]), ...exact, `/api/v1/admin/${service}/*`];
}
