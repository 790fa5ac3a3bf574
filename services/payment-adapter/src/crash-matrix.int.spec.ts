import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { paymentFailpoints, type PaymentFailpoint } from '#failpoints.ts';
import { startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.delete('/knobs'));
afterAll(() => world.stop());

/** Tokens that lead a payment past these places. */
const tokens: Partial<Record<PaymentFailpoint, string>> = {
  'payment.postponed': 'tok_timeout_4s',
  'settle.claimed': 'tok_timeout_4s',
};

describe('a crash at each step leaves one charge and one refund', () => {
  it.each(paymentFailpoints)('%s', async (failpoint) => {
    const ids = { paymentId: newId(), orderId: newId() };
    const refundId = newId();
    const ofRefund = failpoint.startsWith('refund.');
    const doomed = await world.startAdapter({ TW_FAILPOINT: failpoint });
    const token = tokens[failpoint];
    const paying = doomed.pay({ ...ids, ...(token === undefined ? {} : { token }) });
    if (ofRefund) {
      expect((await paying).body.status).toBe('CAPTURED');
      if (failpoint === 'refund.postponed') await world.simulator.put('/knobs', { both: { down: true } });
      await doomed.refund(ids.paymentId, refundId).catch(() => undefined);
    } else {
      // Its answer is lost, or was PENDING: the caller knows nothing.
      await paying.catch(() => undefined);
    }
    expect(await doomed.process.ended).toBe('SIGKILL');
    await world.simulator.delete('/knobs');

    const survivor = await world.startAdapter();
    expect((await world.settled(survivor, ids.paymentId)).status).toBe('CAPTURED');
    expect((await survivor.pay(ids)).body.status).toBe('CAPTURED');
    expect(await world.book(ids.paymentId)).toHaveLength(1);
    if (!ofRefund) {
      expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250']);
      expect(await world.events(ids.orderId)).toEqual(['1 authorized', '2 captured']);
    } else {
      await eventually(
        async () =>
          expect(await survivor.show(ids.paymentId)).toMatchObject({ refunds: [{ status: 'REFUNDED' }] }),
        { within: 20_000 },
      );
      expect(await world.book(refundId)).toHaveLength(1);
      expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250', 'REFUND 1250']);
      expect(await world.events(ids.orderId)).toEqual(['1 authorized', '2 captured', '3 refunded']);
    }
    await survivor.process.stop();
  });
});
