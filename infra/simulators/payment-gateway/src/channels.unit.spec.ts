import { createClientAsync } from 'soap';
import { describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { build } from '#build.ts';

const payment = { idempotencyKey: 'k1', orderId: 'o1', amount: '12.50', currency: 'USD' };

/** A SOAP client as any merchant would make it: from the WSDL that the gateway serves. */
async function withClient<T>(
  work: (client: Awaited<ReturnType<typeof createClientAsync>>, app: FastifyInstance) => Promise<T>,
) {
  const app = await build({});
  try {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const client = await createClientAsync(`${url}/soap?wsdl`, { disableCache: true });
    return await work(client, app);
  } finally {
    await app.close();
  }
}

describe('channels', () => {
  it('answer over SOAP and REST from one book', () =>
    withClient(async (client, app) => {
      const [charged] = await client.ProcessPaymentAsync(payment);
      expect(charged).toMatchObject({ status: 'CAPTURED', code: '00' });
      const twin = await app.inject({ method: 'POST', url: '/payments', payload: payment });
      expect(twin.json()).toEqual(charged);
      const refund = {
        idempotencyKey: 'r1',
        transactionId: charged.transactionId,
        amount: '2.50',
        currency: 'USD',
      };
      const [refunded] = await client.RefundPaymentAsync(refund);
      expect(refunded).toMatchObject({ status: 'REFUNDED' });
      const [asked] = await client.QueryPaymentAsync({ idempotencyKey: 'r1' });
      expect(asked).toEqual({ status: 'REFUNDED', transactionId: refunded.refundId, code: '00' });
      const unseen = await app.inject({ url: '/payments/k9' });
      expect(unseen.json()).toEqual({ status: 'UNKNOWN' });
      const { totals } = (await app.inject({ url: '/book?orderId=o1' })).json();
      expect(totals).toEqual([
        { orderId: 'o1', currency: 'USD', captures: 1, captured: '12.50', refunds: 1, refunded: '2.50' },
      ]);
    }));

  it('take the key from the header too, and charge each time without one', () =>
    withClient(async (client, app) => {
      const { idempotencyKey, ...unkeyed } = payment;
      const headers = { 'idempotency-key': idempotencyKey };
      const [charged] = await client.ProcessPaymentAsync(unkeyed, {}, headers);
      const twin = await app.inject({ method: 'POST', url: '/payments', headers, payload: unkeyed });
      expect(twin.json()).toEqual(charged);
      for (const _ of [1, 2]) expect((await client.ProcessPaymentAsync(unkeyed))[0].status).toBe('CAPTURED');
      const { totals } = (await app.inject({ url: '/book?orderId=o1' })).json();
      expect(totals).toMatchObject([{ captures: 3 }]);
      const refund = { transactionId: charged.transactionId, amount: '1.00', currency: 'USD' };
      await expect(client.RefundPaymentAsync(refund)).rejects.toThrow(/INVALID_REQUEST/);
    }));

  it('fault by the contract', () =>
    withClient(async (client, app) => {
      await client.ProcessPaymentAsync(payment);
      const other = client.ProcessPaymentAsync({ ...payment, amount: '12.51' });
      await expect(other).rejects.toThrow(/IDEMPOTENCY_MISMATCH/);
      const twin = await app.inject({
        method: 'POST',
        url: '/payments',
        payload: { ...payment, amount: '0' },
      });
      expect([twin.statusCode, twin.json().code]).toEqual([400, 'INVALID_AMOUNT']);
      const large = await app.inject({
        ...{ method: 'POST', url: '/soap', headers: { 'content-type': 'text/xml' } },
        payload: 'x'.repeat(100_000),
      });
      expect(large.statusCode).toBe(413);
    }));

  it('misbehave as the knobs say, one channel at a time', () =>
    withClient(async (client, app) => {
      await app.inject({
        method: 'PUT',
        url: '/knobs',
        payload: { soap: { down: true }, both: { declineRate: 1 } },
      });
      await expect(client.ProcessPaymentAsync(payment)).rejects.toThrow(/GATEWAY_UNAVAILABLE/);
      const twin = await app.inject({ method: 'POST', url: '/payments', payload: payment });
      expect(twin.json()).toMatchObject({ status: 'DECLINED', code: 'CARD_DECLINED' });
      await app.inject({ method: 'DELETE', url: '/knobs' });
      const [charged] = await client.ProcessPaymentAsync({ ...payment, idempotencyKey: 'k2' });
      expect(charged.status).toBe('CAPTURED');
      const wrong = await app.inject({ method: 'PUT', url: '/knobs', payload: { soap: { speed: 1 } } });
      expect(wrong.statusCode).toBe(400);
    }));

  it('answer broken XML for a charge that counts', () =>
    withClient(async (client, app) => {
      const call = client.ProcessPaymentAsync({ ...payment, paymentToken: 'tok_malformed' });
      await expect(call).rejects.toBeDefined();
      expect((await app.inject({ url: '/payments/k1' })).json()).toMatchObject({ status: 'CAPTURED' });
    }));
});
