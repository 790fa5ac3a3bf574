import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { log } from '#carts.fixture.ts';
import { ordersClient } from '#orders-client.ts';

const context = { storeId: 'STORE-1', correlationId: 'C-1', causationId: null };
const request = { userId: 'USER-9', items: [{ productId: 'P1', qty: 2 }] };
const made = { orderId: 'O-1', totalAmount: '5.00', currency: 'USD', status: 'PENDING' };
const refusal = (code: string, status: number, more: object = {}) => ({
  status,
  body: { type: 'about:blank', title: 't', status, detail: 'd', instance: '/', code, traceId: '0', ...more },
});

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** An order service that gives these answers in turn; `cut` breaks the connection off. */
async function orders(...answers: ({ status: number; body: object } | 'cut')[]) {
  const seen: IncomingMessage[] = [];
  const server = createServer((message, response) => {
    const answer = answers[seen.push(message) - 1] ?? 'cut';
    if (answer === 'cut') return void message.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', 'retry-after': '3' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const client = ordersClient(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async () => 'T',
    log,
  );
  opened.push(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, seen };
}

describe('the order of a cart', () => {
  it('is asked for with one key per cart, and the service’s own token', async () => {
    const { client, seen } = await orders({ status: 201, body: made });
    expect(await client.place('C-9', request, context)).toMatchObject({
      kind: 'made',
      order: { orderId: 'O-1', total: 500n, currency: 'USD' },
    });
    expect(seen[0]?.headers).toMatchObject({
      ...{ 'idempotency-key': 'cart-C-9', authorization: 'Bearer T', 'correlation-id': 'C-1' },
    });
  });

  it('is refused as the order service says it, with its details', async () => {
    const lines = [{ productId: 'P1', requested: 2, available: 1 }];
    for (const [code, status, kind] of [
      ['INSUFFICIENT_STOCK', 409, 'conflict'],
      ['CODE_NOT_APPLICABLE', 422, 'rejected'],
      ['PRICING_UNAVAILABLE', 503, 'unavailable'],
    ] as const) {
      const { client } = await orders(refusal(code, status, { lines }));
      const answer = await client.place('C-9', request, context);
      const error = answer.kind === 'refused' ? answer.refusal : undefined;
      expect(isDomainError(error) && [error.code, error.kind, error.details, error.retryAfter]).toEqual([
        ...[code, kind, { lines }, 3],
      ]);
    }
  });

  it('is waited for while another request for it runs', async () => {
    const running = Array.from({ length: 4 }, () => refusal('IDEMPOTENCY_IN_FLIGHT', 409));
    const { client, seen } = await orders(...running, { status: 201, body: made });
    expect((await client.place('C-9', request, context)).kind).toBe('made');
    expect(seen).toHaveLength(5);
  });

  it('is asked for again when no answer came, and a refusal is not believed then', async () => {
    const found = await orders('cut', { status: 201, body: made });
    expect((await found.client.place('C-9', request, context)).kind).toBe('made');
    const doubtful = await orders(refusal('INTERNAL', 500), refusal('INSUFFICIENT_STOCK', 409), 'cut');
    expect((await doubtful.client.place('C-9', request, context)).kind).toBe('unknown');
    const away = await orders(...Array.from({ length: 3 }, () => refusal('DATABASE_UNAVAILABLE', 503)));
    expect((await away.client.place('C-9', request, context)).kind).toBe('unknown');
  });

  it('is certainly not made where nobody listens', async () => {
    const client = ordersClient(`http://127.0.0.1:${await freePort()}`, async () => 'T', log);
    opened.push(() => client.close());
    expect(await client.place('C-9', request, context)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'ORDER_UNAVAILABLE' },
    });
  });
});
