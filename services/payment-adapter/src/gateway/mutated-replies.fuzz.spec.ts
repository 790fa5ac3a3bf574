import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Channel, GatewayFailure } from './channel.ts';
import { restChannel } from './rest-channel.ts';
import { soapChannel } from './soap-channel.ts';

const RUNS = fuzzRuns(300);
const PATIENCE_MS = 2_000;
const NAMESPACE = 'urn:tradewind:payment-gateway:v1';

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
   xmlns:tns="${NAMESPACE}"><soap:Body>${body}</soap:Body></soap:Envelope>`;
const captured = '<transactionId>T-1</transactionId><status>CAPTURED</status><code>OK</code>';
const fault = `<soap:Fault><faultcode>soap:Client</faultcode><faultstring>no</faultstring><detail>
   <PaymentFault xmlns="${NAMESPACE}"><code>INVALID</code><message>no</message></PaymentFault></detail></soap:Fault>`;

const charge = { key: 'K-1', orderId: 'O-1', amount: '12.50', currency: 'USD', token: null };
const refund = { key: 'R-1', transactionId: 'T-1', amount: '12.50', currency: 'USD' };

type Call = (channel: Channel, signal: AbortSignal) => Promise<Answer>;
const calls: Record<string, Call> = {
  charge: (channel, signal) => channel.charge(charge, signal),
  refund: (channel, signal) => channel.refund(refund, signal),
  query: (channel, signal) => channel.query('K-1', signal),
};

/** What the gateway says, before it is mutated. */
const replies: readonly [name: string, kind: 'SOAP' | 'REST', call: string, status: number, text: string][] =
  [
    [
      'a charge',
      'SOAP',
      'charge',
      200,
      envelope(`<tns:ProcessPaymentResponse>${captured}</tns:ProcessPaymentResponse>`),
    ],
    [
      'an outcome',
      'SOAP',
      'query',
      200,
      envelope(`<tns:QueryPaymentResponse>${captured}</tns:QueryPaymentResponse>`),
    ],
    ['a fault', 'SOAP', 'charge', 500, envelope(fault)],
    ['a charge', 'REST', 'charge', 200, '{"transactionId":"T-1","status":"CAPTURED","code":"OK"}'],
    ['a refund', 'REST', 'refund', 200, '{"refundId":"F-1","status":"REFUNDED","code":"OK"}'],
    ['an outcome', 'REST', 'query', 200, '{"status":"CAPTURED","transactionId":"T-1","code":"OK"}'],
  ];

let server: Server;
let says: { status: number; text: Buffer } = { status: 200, text: Buffer.of() };
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    const type = says.text.includes('<') ? 'text/xml; charset=utf-8' : 'application/json';
    response.writeHead(says.status, { 'content-type': type }).end(says.text);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/soap`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('a reply of the gateway that was mutated on its way', () => {
  it.each(replies)(
    '%s over %s is believed, or refused as one',
    { timeout: 120_000 },
    async (_, kind, call, status, text) => {
      const channel = kind === 'SOAP' ? soapChannel(url) : restChannel(new URL(url).origin);
      const carryOut = calls[call]!;
      const property = fc.asyncProperty(
        mutations,
        fc.constantFrom(status, status, 200, 500, 503),
        async (mutate, code) => {
          says = { status: code, text: mutate(Buffer.from(text)) };
          const outcome = await carryOut(channel, AbortSignal.timeout(PATIENCE_MS)).catch(
            (error: unknown) => error,
          );
          if (outcome instanceof GatewayFailure) return;
          const answer = outcome as Answer;
          expect(answer).toMatchObject({ status: expect.any(String) });
          // Nobody may think that money moved unless the reply says so, and which transaction it was.
          if (answer.status === 'CAPTURED' || answer.status === 'REFUNDED') {
            expect(says.text.toString()).toContain(answer.status);
            expect(answer.transactionId).toMatch(/./s);
          }
        },
      );
      await fc.assert(property, { seed: fuzzSeed, numRuns: RUNS });
      await channel.close();
    },
  );
});
