import { describe, expect, it } from 'vitest';
import { build } from '#build.ts';
import { carriers } from '#carrier.ts';

const account = { clientId: 'shop', secret: 'word', callbackSecret: 'x' };
const config = {
  CARRIER_CREDENTIALS: { fedex: account, ups: account, dhl: account },
  TW_CARRIER_TIME_SCALE: 1,
};
const json = { 'content-type': 'application/json' };
const xml = { 'content-type': 'text/xml' };

/** Requests as any client of these carriers would write them. */
async function withApp<T>(work: (app: Awaited<ReturnType<typeof build>>) => Promise<T>): Promise<T> {
  const app = await build(config);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

const quoteOf = (password: string) =>
  `<?xml version="1.0"?><p:DCTRequest xmlns:p="http://www.dhl.com"><GetQuote>
  <Request><ServiceHeader><SiteID>shop</SiteID><Password>${password}</Password></ServiceHeader></Request>
  <From><CountryCode>DE</CountryCode><PostalCode>10115</PostalCode></From><To><CountryCode>PT</CountryCode></To>
  <BkgDetails><WeightUnit>KG</WeightUnit><ShipmentWeight>1.2</ShipmentWeight></BkgDetails></GetQuote></p:DCTRequest>`;

describe('wires', () => {
  it('let nobody in without an account, each in its own words', () =>
    withApp(async (app) => {
      const fedex = await app.inject({ method: 'POST', url: '/fedex/rate/v1/rates/quotes', payload: {} });
      expect([fedex.statusCode, fedex.json().errors[0].code]).toEqual([401, 'NOT.AUTHORIZED.ERROR']);
      const ups = await app.inject({ url: '/ups/api/track/v1/details/1Z' });
      expect([ups.statusCode, ups.json().response.errors[0].code]).toEqual([401, '250003']);
      const asked = { method: 'POST' as const, url: '/dhl/XMLShippingServlet', headers: xml };
      const dhl = await app.inject({ ...asked, payload: quoteOf('guess') });
      expect([dhl.statusCode, /<ConditionCode>(\w+)</.exec(dhl.body)?.[1]]).toEqual([200, '100']);
    }));

  it('read XML with prefixes, and no document type', () =>
    withApp(async (app) => {
      const asked = { method: 'POST' as const, url: '/dhl/XMLShippingServlet', headers: xml };
      const { body } = await app.inject({ ...asked, payload: quoteOf('word') });
      expect(body.match(/<ShippingCharge>/g)).toHaveLength(2);
      const evil = `<!DOCTYPE a [<!ENTITY b "c">]>${quoteOf('&b;')}`;
      expect((await app.inject({ ...asked, payload: evil })).body).toContain('<ConditionCode>111<');
    }));

  it.each(carriers)('of %s are away and broken as the knobs say', (carrier) =>
    withApp(async (app) => {
      const put = (payload: object) => app.inject({ method: 'PUT', url: '/_control/knobs', payload });
      const ask = {
        fedex: { method: 'POST' as const, url: '/fedex/oauth/token', payload: '{}', headers: json },
        ups: { method: 'GET' as const, url: '/ups/api/track/v1/details/1Z' },
        dhl: { method: 'POST' as const, url: '/dhl/XMLShippingServlet', payload: '<a/>', headers: xml },
      }[carrier];
      await put({ [carrier]: { down: true } });
      expect((await app.inject(ask)).statusCode).toBe(503);
      await put({ all: { fault: { kind: 'ERROR', times: 1 } } });
      expect((await app.inject(ask)).statusCode).toBe(500);
      expect((await app.inject(ask)).statusCode).not.toBe(500);
      expect((await put({ all: { speed: 1 } })).statusCode).toBe(400);
      const { calls } = (await app.inject({ url: `/_control/calls?carrier=${carrier}` })).json();
      expect(calls.map(({ outcome }: { outcome: string }) => outcome).slice(0, 2)).toEqual(['AWAY', 'ERROR']);
    }),
  );
});
