import { createLogger } from '@tradewind/service/logger.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPricing, ordering, wanted } from '#pricing.fixture.ts';
import { lapsedCodes } from './lapse.ts';

let pricing: Awaited<ReturnType<typeof openPricing>>;
beforeAll(async () => {
  pricing = await openPricing();
  await pricing.product('P1', 1_000);
});
afterAll(() => pricing.close());

const statesOf = async (id: string) =>
  (
    await pricing.rows<{ state: string }>(
      'select state from discount_code_uses where discount_code_id = $1 order by held_at',
      [id],
    )
  ).map(({ state }) => state);
const usesOf = async (id: string) =>
  (
    await pricing.rows<{ uses: number }>('select uses from discount_codes where discount_code_id = $1', [id])
  )[0]?.uses;
/** Lets holds lapse until something holds. */
async function sweptUntil(holds: () => Promise<void>): Promise<void> {
  const { db, systemDb } = pricing;
  const sweep = lapsedCodes({ db, systemDb, log: createLogger('pricing', 'silent') });
  await sweep.start();
  await eventually(holds).finally(() => sweep.stop());
}
const refusal = (reason: string) => ({
  code: 'CODE_NOT_APPLICABLE',
  details: { codes: [expect.objectContaining({ reason })] },
});

describe('a code', () => {
  it('that may be used once is had by one of fifty orders at once, over two processes', async () => {
    const id = await pricing.code('ONCE', { usageLimit: 1 });
    const processes = [pricing.aResolver(), pricing.aResolver()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => processes[n % 2]!('STORE-1', ordering('P1', 'ONCE'))),
    );
    const [had, refused] = [
      outcomes.filter((one) => one.status === 'fulfilled'),
      outcomes.filter((one) => one.status === 'rejected'),
    ];
    expect(had.map(({ value }) => value.totalMinor)).toEqual([900n]);
    expect(refused).toHaveLength(49);
    for (const { reason } of refused) expect(reason).toMatchObject(refusal('USAGE_LIMIT'));
    expect([await statesOf(id), await usesOf(id)]).toEqual([['HELD'], 1]);
  });

  it('is limited per customer', async () => {
    await pricing.code('EACH', { perCustomerLimit: 1 });
    const [anna, ben] = [{ customerId: 'anna' }, { customerId: 'ben' }];
    await pricing.resolve('STORE-1', ordering('P1', 'EACH', anna));
    await expect(pricing.resolve('STORE-1', ordering('P1', 'EACH', anna))).rejects.toMatchObject(
      refusal('CUSTOMER_LIMIT'),
    );
    await pricing.resolve('STORE-1', ordering('P1', 'EACH', ben));
  });

  it('is held once for an order that asks again, and not at all by a look', async () => {
    const id = await pricing.code('AGAIN', { usageLimit: 1 });
    const request = ordering('P1', 'AGAIN');
    await pricing.resolve('STORE-1', wanted('P1', { codes: ['AGAIN'] }));
    await Promise.all([pricing.resolve('STORE-1', request), pricing.resolve('STORE-1', request)]);
    expect([await statesOf(id), await usesOf(id)]).toEqual([['HELD'], 1]);
  });

  it('is used by a paid order, and comes back when that is canceled, whatever comes twice', async () => {
    const id = await pricing.code('BACK', { usageLimit: 1 });
    const orderId = newId();
    await pricing.resolve('STORE-1', ordering('P1', 'BACK', { orderId }));
    for (const step of ['created', 'paid', 'created', 'paid'] as const) {
      await pricing.codes[step]('STORE-1', orderId, []);
    }
    expect([await statesOf(id), await usesOf(id)]).toEqual([['USED'], 1]);
    for (const step of ['over', 'over', 'paid', 'created'] as const) {
      await pricing.codes[step]('STORE-1', orderId, []);
    }
    expect([await statesOf(id), await usesOf(id)]).toEqual([['RELEASED'], 0]);
    await pricing.resolve('STORE-1', ordering('P1', 'BACK'));
  });

  it('lapses where the order never came to be, and stays where it did', async () => {
    const id = await pricing.code('LAPSE', { usageLimit: 2 });
    const [lost, placed] = [newId(), newId()];
    for (const orderId of [lost, placed]) {
      await pricing.resolve('STORE-1', ordering('P1', 'LAPSE', { orderId, ttlMs: 1 }));
    }
    await pricing.codes.created('STORE-1', placed, []);
    await sweptUntil(async () => expect(await statesOf(id)).toEqual(['RELEASED', 'HELD']));
    expect(await usesOf(id)).toBe(1);
  });

  it('whose hold lapsed before its order was heard of counts all the same, also beyond its limit', async () => {
    const id = await pricing.code('LATE', { usageLimit: 1, perCustomerLimit: 1 });
    const [late, customerId] = [newId(), 'carl'];
    await pricing.resolve('STORE-1', ordering('P1', 'LATE', { orderId: late, customerId, ttlMs: 1 }));
    await sweptUntil(async () => expect(await statesOf(id)).toEqual(['RELEASED']));
    await pricing.resolve('STORE-1', ordering('P1', 'LATE', { customerId }));
    expect(await usesOf(id)).toBe(1);

    await Promise.all([1, 2].map(() => pricing.codes.created('STORE-1', late, [])));
    expect([await statesOf(id), await usesOf(id)]).toEqual([['HELD', 'HELD'], 2]);
    await expect(pricing.resolve('STORE-1', ordering('P1', 'LATE'))).rejects.toMatchObject(
      refusal('USAGE_LIMIT'),
    );
    await pricing.codes.paid('STORE-1', late);
    expect(await statesOf(id)).toEqual(['USED', 'HELD']);
    for (const step of ['over', 'created', 'paid'] as const) await pricing.codes[step]('STORE-1', late, []);
    expect([await statesOf(id), await usesOf(id)]).toEqual([['RELEASED', 'HELD'], 1]);
  });

  it('whose hold lapsed is used where the order is heard of as paid', async () => {
    const id = await pricing.code('PAID-LATE', { usageLimit: 1 });
    const orderId = newId();
    await pricing.resolve('STORE-1', ordering('P1', 'PAID-LATE', { orderId, ttlMs: 1 }));
    await sweptUntil(async () => expect(await statesOf(id)).toEqual(['RELEASED']));
    await pricing.codes.paid('STORE-1', orderId);
    expect([await statesOf(id), await usesOf(id)]).toEqual([['USED'], 1]);
  });

  it("of another tenant does not exist, and neither do this one's uses there", async () => {
    await pricing.product('P2', 1_000, { tenant: 'STORE-2' });
    await pricing.code('MINE');
    await expect(pricing.resolve('STORE-2', ordering('P2', 'MINE'))).rejects.toMatchObject(
      refusal('UNKNOWN_CODE'),
    );
    expect(
      await pricing.db.transaction('STORE-2', (tx) => tx.execute('select * from discount_code_uses')),
    ).toEqual([]);
  });
});
