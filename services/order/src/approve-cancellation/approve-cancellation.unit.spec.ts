import { describe, expect, it } from 'vitest';
import { abandonCancellation, cancelOrder, completeCancellation } from '#cancel-order/decide.ts';
import { approvalAbove } from '#order/money.ts';
import { given, names, NOW, pay, rest, following } from '#order/order.fixture.ts';
import { approveCancellation, rejectCancellation } from './decide.ts';

const rules = { mayCancel: () => true, needsApproval: () => true };
const asked = following(pay, (order) => cancelOrder(order, { ...rest, ...rules }));
const refund = { refundId: 'cancel-PAY-1', transactionId: 'T' };
const other = { ...rest, actor: 'ADMIN-2' };

describe('canceling for much money', () => {
  it('waits for somebody else, and pays nothing back before', () => {
    expect(given(...asked)).toMatchObject({ status: 'PAID', cancellation: { awaitsApproval: true } });
    expect(completeCancellation(given(...asked), refund, NOW)).toEqual([]);
    expect(() => approveCancellation(given(...asked), rest)).toThrow(
      expect.objectContaining({ code: 'SELF_APPROVAL' }),
    );
    const approved = following(asked, (order) => approveCancellation(order, other));
    expect(approveCancellation(given(...approved), other)).toEqual([]);
    const done = following(approved, (order) => completeCancellation(order, refund, NOW));
    expect(names(done).slice(-2)).toEqual(['refunded', 'canceled']);
    expect(approveCancellation(given(...done), other)).toEqual([]);
  });

  it('may be rejected: the order stays paid, and may be canceled anew', () => {
    const rejected = following(asked, (order) => rejectCancellation(order, other));
    expect(given(...rejected)).toMatchObject({ status: 'PAID', cancellation: null });
    for (const decide of [approveCancellation, rejectCancellation]) {
      expect(() => decide(given(...rejected), other)).toThrow(
        expect.objectContaining({ code: 'CANCELLATION_NOT_REQUESTED' }),
      );
    }
    const again = following(rejected, (order) => cancelOrder(order, { ...rest, ...rules }));
    expect(names(again).slice(-1)).toEqual(['cancellation_requested']);
  });

  it('ends as paid where the gateway refuses the refund; the next try has a refund of its own', () => {
    const direct = { ...rules, needsApproval: () => false };
    const request = () => cancelOrder(given(...pay), { ...rest, ...direct });
    const refused = following([...pay, ...request()], (order) =>
      abandonCancellation(order, { refundId: refund.refundId, code: '05' }, NOW),
    );
    expect(names(refused).slice(-2)).toEqual(['refund_failed', 'cancellation_rejected']);
    expect(given(...refused)).toMatchObject({ status: 'PAID', refunded: 0n, cancellation: null });
    const again = following(refused, (order) => cancelOrder(order, { ...rest, ...direct }));
    expect(abandonCancellation(given(...again), { refundId: refund.refundId, code: '05' }, NOW)).toEqual([]);
    const done = following(again, (order) =>
      completeCancellation(order, { ...refund, refundId: 'cancel-PAY-1-2' }, NOW),
    );
    expect(given(...done)).toMatchObject({ status: 'CANCELED', refunded: 12_950n });
  });
});

describe('the amount that needs approval', () => {
  it.each([
    ['USD', 100_000n, false],
    ['USD', 100_001n, true],
    ['JPY', 1_000n, false],
    ['JPY', 1_001n, true],
    ['KWD', 1_000_000n, false],
    ['KWD', 1_000_001n, true],
  ])('is whole units of %s: %s', (currency, total, needed) => {
    expect(approvalAbove('1000.00')({ currency, total })).toBe(needed);
  });
});
