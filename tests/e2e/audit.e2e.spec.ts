import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods } from './shop.fixture.ts';
import { admin, unique } from './stack.fixture.ts';

interface Entry {
  readonly seq: number;
  readonly actor: string;
  readonly resource: string;
  readonly details: object;
  readonly hash: string;
}
interface Report {
  readonly chains: readonly { storeId: string; broken: readonly { seq: number; what: string }[] }[];
}

async function verify(storeId: string) {
  const { code, output } = await tw('audit', 'verify', '--json');
  const chain = (JSON.parse(output) as Report).chains.find((one) => one.storeId === storeId);
  return { code, broken: chain?.broken };
}

describe('the audit log', () => {
  // A tenant of its own: what is broken here must not be broken for others.
  const storeId = unique('STORE-AUDIT');

  async function overridePrices(count: number): Promise<Entry[]> {
    const boss = await admin(storeId);
    const { productId } = await goods({ storeId });
    for (let at = 1; at <= count; at++) {
      const price = { price: `${at}.00`, currency: 'USD' };
      expect((await boss.put(`/api/v1/products/${productId}/price`, price)).status).toBe(200);
    }
    return eventually(async () => {
      const path = `/api/v1/audit-log?action=price.changed&resource=product:${productId}`;
      const { body } = await boss.get<{ items: Entry[] }>(path);
      expect(body.items).toHaveLength(count);
      return body.items;
    });
  }

  it('tells who overrode a price, within moments of its event', async () => {
    const [entry] = await overridePrices(1);
    expect(entry).toMatchObject({
      actor: 'ADMIN-1',
      details: { from: '12.50', to: '1.00', currency: 'USD' },
    });
    expect(await verify(storeId)).toEqual({ code: 0, broken: [] });
  });

  it('shows a row that was changed behind its back: ./tw audit verify names it and fails', async () => {
    const [entry] = await overridePrices(2);
    const where = 'where store_id = $1 and seq = $2';
    const row = [storeId, entry?.seq];
    await sql('identity', `update audit_log set actor = 'EVE' ${where}`, row);
    const found = await verify(storeId);
    await sql('identity', `update audit_log set actor = 'ADMIN-1' ${where}`, row);
    expect(found).toEqual({ code: 1, broken: [{ seq: entry?.seq, what: 'was changed' }] });
  });
});
