import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unique, urlOf } from '../e2e/stack.fixture.ts';
import { restartsOf } from './restarts.ts';
import { target } from './send.ts';
import { INNARDS } from './verdict.ts';

const RUNS = fuzzRuns(3_000);
const LANES = 8;
const EXPECTED = [200, 400, 413, 415, 500];

const NAMESPACES =
  'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:tradewind:payment-gateway:v1"';
const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope ${NAMESPACES}><soap:Body>${body}</soap:Body></soap:Envelope>`;

const orderId = unique('FUZZ');
const field = (name: string, value: string): string => `<p:${name}>${value}</p:${name}>`;
const money = field('amount', '1.50') + field('currency', 'USD');
const requests = [
  `<p:ProcessPayment>${field('idempotencyKey', orderId)}${field('orderId', orderId)}${money}</p:ProcessPayment>`,
  `<p:RefundPayment>${field('idempotencyKey', `${orderId}-R`)}${field('transactionId', 'T')}${money}</p:RefundPayment>`,
  `<p:QueryPayment>${field('idempotencyKey', orderId)}</p:QueryPayment>`,
].map(envelope);

const BOMB = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>`;

/** What XML has beyond bytes: entities, depth, names, encodings. */
const grammar: fc.Arbitrary<(xml: string) => string> = fc.oneof(
  fc
    .constantFrom('&c;', '&d;', '&#0;', '&#x110000;', '<![CDATA[', ']]>', '<!--', '<?x?>')
    .map((piece) => (xml: string) => xml.replace('1.50', piece).replace(/<\?xml.*?\?>/, BOMB)),
  fc
    .nat({ max: 5_000 })
    .map((deep) => (xml: string) => xml.replace('1.50', '<a>'.repeat(deep) + '</a>'.repeat(deep))),
  fc
    .constantFrom('-1', '0', '1e9', 'NaN', '1.555', '9'.repeat(50), '', ' ', '１')
    .map((amount) => (xml: string) => xml.replace('1.50', amount)),
  fc
    .constantFrom('Envelope', 'Body', 'amount', 'ProcessPayment', 'QueryPayment')
    .map((name) => (xml: string) => xml.replaceAll(`:${name}`, ':constructor')),
  fc
    .constantFrom('amount', 'orderId', 'idempotencyKey')
    .map((name) => (xml: string) => xml.replace(new RegExp(`<p:${name}>.*?</p:${name}>`), (it) => it + it)),
  fc.constantFrom('utf-16', 'x', '"').map((coding) => (xml: string) => xml.replace('utf-8', coding)),
);

describe('the payment gateway over SOAP', () => {
  it('answers mutated XML in SOAP, and charges no sum that nobody named', { timeout: 180_000 }, async () => {
    const before = await restartsOf('payment-gateway');
    const under = target(urlOf('payment-gateway'), LANES);
    const statuses: Record<number, number> = {};
    const shot = fc.record({
      xml: fc.constantFrom(...requests),
      change: grammar,
      mutate: mutations,
      how: fc.constantFrom('grammar', 'bytes', 'both', 'none'),
      media: fc.constantFrom('text/xml; charset=utf-8', 'text/xml', 'application/soap+xml', 'text/plain'),
    });
    const property = fc.asyncProperty(shot, async ({ xml, change, mutate, how, media }) => {
      const changed = Buffer.from(how === 'grammar' || how === 'both' ? change(xml) : xml);
      const body = how === 'bytes' || how === 'both' ? mutate(changed) : changed;
      const headers = { 'content-type': media, soapaction: '""' };
      const caller = { name: 'anybody', genuine: true };
      const reply = await under.send({ method: 'POST', path: '/soap', headers, body, caller });
      const what = `${body.toString('base64')} → ${JSON.stringify(reply)}`;
      if (reply instanceof Error) throw new Error(what, { cause: reply });
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      expect(EXPECTED, what).toContain(reply.status);
      if (reply.status === 200 || reply.status === 500)
        expect(reply.text, what).toMatch(/<soap:(Body|Envelope)/);
      if (reply.status === 500) expect(reply.text, what).toMatch(/<(soap:)?faultcode>soap:(Client|Server)/i);
      for (const form of INNARDS) expect(reply.text, what).not.toMatch(form);
    });
    const lanes = Array.from({ length: LANES }, (_, n) =>
      fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(RUNS / LANES) }),
    );
    await Promise.all(lanes);
    under.close();

    expect(statuses[200], JSON.stringify(statuses)).toBeGreaterThan(RUNS / 50);
    const book = (await (await fetch(`${urlOf('payment-gateway')}/book?orderId=${orderId}`)).json()) as Book;
    for (const { amount } of book.entries) expect(Number(amount)).toBeGreaterThan(0);
    expect(await restartsOf('payment-gateway')).toBe(before);
  });
});

interface Book {
  readonly entries: readonly { readonly amount: string }[];
}
