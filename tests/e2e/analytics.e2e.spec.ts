import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { goods, paidOrder, shopper } from './shop.fixture.ts';
import { admin, merchant, refusal, token, urlOf } from './stack.fixture.ts';

/** Nobody else sells in it, so its windows are this file's. */
const CURRENCY = 'NZD';
const base = '/api/v1/analytics';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly watermark: string | null;
}
interface Figures {
  readonly currency: string;
  readonly gross: string;
  readonly net: string;
  readonly orders: number;
  readonly refunds: number;
  readonly canceled: number;
}

const staff = await merchant();
const today = async (): Promise<Figures | undefined> => {
  const { body } = await staff.get<Page<Figures>>(`${base}/revenue/daily?currency=${CURRENCY}&limit=1`);
  return body.items[0];
};
const money = (amount: string | undefined): number => Math.round(Number(amount ?? '0') * 100);

describe('the figures of a day', () => {
  it('have what is paid, less what goes back, once; and are told to dashboards', async () => {
    const [product, client] = [await goods({ price: '40.00', currency: CURRENCY }), await shopper()];
    const before = await today();
    const stop = new AbortController();
    const stream = await fetch(`${urlOf('gateway')}/sse/metrics`, {
      headers: { authorization: `Bearer ${await token({ roles: ['ADMIN'] })}` },
      signal: stop.signal,
    });
    const [kept, canceled] = [await paidOrder(client, product, 2), await paidOrder(client, product)];
    await (await admin()).post(`/api/v1/orders/${kept.orderId}/refunds`, { amount: '5.00' });
    await (await admin()).post(`/api/v1/orders/${canceled.orderId}/cancel`, {});
    await eventually(async () => {
      const now = await today();
      expect({
        gross: money(now?.gross) - money(before?.gross),
        net: money(now?.net) - money(before?.net),
        orders: (now?.orders ?? 0) - (before?.orders ?? 0),
        refunds: (now?.refunds ?? 0) - (before?.refunds ?? 0),
        canceled: (now?.canceled ?? 0) - (before?.canceled ?? 0),
      }).toEqual({ gross: 12_000, net: 7_500, orders: 2, refunds: 2, canceled: 1 });
    });

    let told = '';
    for await (const part of stream.body!.pipeThrough(new TextDecoderStream())) {
      told += part;
      const last = told
        .split('\n\n')
        .filter((block) => block.includes('event: metrics'))
        .at(-2);
      const data = /^data: (.*)$/m.exec(last ?? '')?.[1];
      const { live } = JSON.parse(data ?? '{"live":null}') as { live: { today: Figures[] } | null };
      if (live?.today.find(({ currency }) => currency === CURRENCY)?.net === (await today())?.net) break;
    }
    stop.abort();

    const minutes = await staff.get<Page<Figures>>(`${base}/revenue?window=1m&currency=${CURRENCY}`);
    expect(minutes.status).toBe(200);
    expect(minutes.body.watermark).toEqual(expect.any(String));
    const { body: top } = await staff.get<Page<{ productId: string; qty: number; name: string }>>(
      `${base}/top-products?currency=${CURRENCY}&by=qty`,
    );
    expect(top.items).toContainEqual(
      expect.objectContaining({ productId: product.productId, qty: 2, amount: '80.00', name: 'Test goods' }),
    );
  });

  it('are listed by pages', async () => {
    await paidOrder(await shopper(), await goods({ currency: 'AUD' }));
    const page = async (cursor = '') =>
      (await staff.get<Page<Figures>>(`${base}/revenue?window=1d&limit=1${cursor}`)).body;
    await eventually(async () => expect((await page()).nextCursor).not.toBeNull());
    const first = await page();
    const next = await page(`&cursor=${first.nextCursor}`);
    expect(next.items).toHaveLength(1);
    expect(next.items[0]?.currency).not.toBe(first.items[0]?.currency);
  });
});

describe('questions that make no sense', () => {
  it.each([
    ['revenue?window=2h', 'VALIDATION_FAILED'],
    ['revenue?currency=XXX', 'VALIDATION_FAILED'],
    ['revenue?from=yesterday', 'VALIDATION_FAILED'],
    ['revenue?from=2026-11-21&to=2026-11-20', 'RANGE_INVALID'],
    ['revenue/daily?cursor=none', 'CURSOR_INVALID'],
    ['top-products?by=luck', 'VALIDATION_FAILED'],
    ['sales-summary/2026-02-30', 'VALIDATION_FAILED'],
  ])('%s', async (path, code) => expect(refusal(await staff.get(`${base}/${path}`))).toEqual([400, code]));

  it('are a summary of a day that is not over, and one of nobody', async () => {
    const date = new Date().toISOString().slice(0, 10);
    expect(refusal(await staff.get(`${base}/sales-summary/${date}`))).toEqual([404, 'SUMMARY_NOT_FOUND']);
    expect(refusal(await (await shopper()).get(`${base}/funnel`))).toEqual([403, 'FORBIDDEN']);
  });
});
