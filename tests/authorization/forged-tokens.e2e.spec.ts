import { httpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { refusedUpgrade } from '../e2e/push.fixture.ts';
import { refusal, stack, token, urlOf } from '../e2e/stack.fixture.ts';
import { operations } from './contracts.ts';
import { grpcServices } from './grpc.fixture.ts';
import { forgeries } from './issuer.fixture.ts';

/** A route of each service that takes any good token of an administrator, and needs one. */
const guarded: Readonly<Record<string, readonly [method: string, path: string]>> = {
  identity: ['GET', '/api/v1/users'],
  product: ['DELETE', '/api/v1/products/none'],
  pricing: ['DELETE', '/api/v1/flash-sales/none'],
  cart: ['GET', '/api/v1/carts/none'],
  inventory: ['GET', '/api/v1/inventory/drift'],
  order: ['GET', '/api/v1/orders/none'],
  'payment-adapter': ['GET', '/api/v1/payments/none'],
  notification: ['GET', '/api/v1/notifications/none'],
  'webhook-dispatcher': ['GET', '/api/v1/webhooks/subscriptions/none'],
  analytics: ['GET', '/api/v1/analytics/sales-summary/2000-01-01'],
  gateway: ['GET', '/api/v1/orders/none'],
};
/** Has no tokens: it stands for somebody else's machine. */
const FOREIGN = ['payment-gateway', 'carriers', 'mailbox'];
/** Has no tokens: it tells nothing but its health, and devices come to the MQTT broker by password. */
const WITHOUT_ROUTES = ['iot-bridge'];
/** Where what is pushed comes from. */
const PUSHING = [undefined, 'notification'] as const;

interface Refused {
  readonly code?: string;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

describe('forged tokens', async () => {
  const forged = await forgeries();

  it('are of at least 25 kinds, and none is a good one', () => {
    expect(new Set(forged.map(([, one]) => one)).size).toBeGreaterThanOrEqual(25);
  });

  it('are tried at every service of the stack', () => {
    const spared = [...FOREIGN, ...WITHOUT_ROUTES];
    const missing = Object.keys(stack.services).filter((name) => !guarded[name] && !spared.includes(name));
    expect(missing).toEqual([]);
    expect(operations().filter(({ group }) => WITHOUT_ROUTES.includes(group))).toEqual([]);
  });

  it.each(Object.keys(guarded).filter((name) => stack.services[name]))('%s refuses each', async (service) => {
    const [method, path] = guarded[service] ?? ['GET', '/'];
    const call = (bearer: string) => httpClient(urlOf(service), bearer).call(method, path);
    const good = await call(await token({ sub: 'ADMIN-1', roles: ['ADMIN'] }));
    expect([200, 204, 404]).toContain(good.status);
    const answers = await Promise.all(
      forged.map(async ([name, one]) => [name, ...refusal(await call(one))] as const),
    );
    expect(answers.filter(([, status, code]) => status !== 401 || code !== 'UNAUTHENTICATED')).toEqual([]);
  });

  it('the graph refuses each', async () => {
    const body = { query: '{ myOrders { orderId } }' };
    const answers = await Promise.all(
      forged.map(async ([name, one]) => {
        const answer = await httpClient(urlOf(), one).post<Refused>('/graphql', body);
        return [name, answer.body.code ?? answer.body.errors?.[0]?.extensions?.code] as const;
      }),
    );
    expect(answers.filter(([, code]) => code !== 'UNAUTHENTICATED')).toEqual([]);
  });

  it.each(PUSHING)(
    '/ws/orders refuses each before it upgrades, as header and as subprotocol (%s)',
    async (at) => {
      const answers = await Promise.all(
        forged.flatMap(([name, one]) =>
          [{ authorization: `Bearer ${one}` }, { 'sec-websocket-protocol': `bearer.${one}` }].map(
            async (headers) => [name, ...(await refusedUpgrade(headers, '', at))] as const,
          ),
        ),
      );
      const wrong = answers.filter(([, status, , code]) => status !== 401 || code !== 'UNAUTHENTICATED');
      expect(wrong).toEqual([]);
    },
  );

  it.each(PUSHING)('streams of events refuse each (%s)', async (at) => {
    const paths = ['/sse/orders', '/sse/metrics', '/sse/flash-sales'];
    const answers = await Promise.all(
      forged.flatMap(([name, one]) =>
        paths.map(
          async (path) => [path, name, ...refusal(await httpClient(urlOf(at), one).get(path))] as const,
        ),
      ),
    );
    const wrong = answers.filter(([, , status, code]) => status !== 401 || code !== 'UNAUTHENTICATED');
    expect(wrong).toEqual([]);
  });

  it.each(grpcServices())('$name over gRPC refuses each', async ({ methods, call, close }) => {
    const answers = await Promise.all(
      forged.map(async ([name, one]) => [name, await call(methods[0] ?? '', one)] as const),
    );
    close();
    expect(answers.filter(([, outcome]) => outcome !== '401')).toEqual([]);
  });
});
