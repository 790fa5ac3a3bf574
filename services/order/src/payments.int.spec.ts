import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentAdapter, type Payments } from '#payments.ts';

const request = { paymentId: 'PAY-1', orderId: 'O-1', userId: 'U-1', amount: 1_250n, currency: 'USD' };
const context = { storeId: 'STORE-1', correlationId: 'C-1', causationId: null };
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What the adapter answers next. */
let answer: { status: number; body: object };
const adapter = createServer((_request, response) => {
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
});
let payments: Payments;

beforeAll(async () => {
  await new Promise<void>((resolve) => adapter.listen(0, '127.0.0.1', resolve));
  const { port } = adapter.address() as AddressInfo;
  payments = paymentAdapter(`http://127.0.0.1:${port}`, () => Promise.resolve('token'), quiet);
});
afterAll(async () => {
  await payments.close();
  adapter.close();
});

describe('what became of a payment', () => {
  it.each(['PAYMENT_UNAVAILABLE', 'ORDER_HAS_PAYMENT', 'PAYMENT_ID_REUSED'])(
    'is known where the adapter refuses it with %s: nothing was charged',
    async (code) => {
      answer = { status: code === 'PAYMENT_UNAVAILABLE' ? 503 : 409, body: { code } };
      expect(await payments.pay(request, context, 500)).toEqual({
        ...{ status: 'FAILED', transactionId: null, code },
      });
    },
  );

  it.each([
    [503, { code: 'OVERLOADED' }],
    [500, { code: 'INTERNAL' }],
    [200, { status: 'PENDING', code: 'PAYMENT_UNAVAILABLE' }],
    [200, { nonsense: true }],
  ])('is asked for later after %s %j', async (status, body) => {
    answer = { status, body };
    expect(await payments.pay(request, context, 500)).toMatchObject({ status: 'PENDING' });
  });
});
