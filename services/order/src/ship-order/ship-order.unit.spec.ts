import { describe, expect, it } from 'vitest';
import { cancelOrder } from '#cancel-order/decide.ts';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { following, given, names, NOW, pay, rest, usd } from '#order/order.fixture.ts';
import { requestRefund } from '#refund-order/decide.ts';
import { deliverShipment, failShipment, recordLabel, requestShipment } from './decide.ts';

const pick = (qty: number) => [{ productId: 'P1', qty }];
const picked = following(pay, (order) => fulfillOrder(order, { ...rest, items: pick(2) }));
const request = (shipmentId: string, items?: ReturnType<typeof pick>) => ({
  ...{ ...rest, shipmentId, carrier: 'UPS', items },
});
const ask = (events: OrderEvent[], shipmentId: string, items?: ReturnType<typeof pick>) =>
  following(events, (order) => requestShipment(order, request(shipmentId, items)));
const quote = { amount: 985n, currency: 'USD' };
const label = { shipmentId: 'A', trackingNumber: '1Z', service: '03', quote, labelUrl: 'http://label' };
const asked = ask(picked, 'A', pick(1));
const shipped = following(asked, (order) => recordLabel(order, label, NOW));

describe('a shipment', () => {
  it('takes what was picked, once: some of it, or all that is here', () => {
    expect(asked.at(-1)?.payload).toMatchObject({ shipmentId: 'A', carrier: 'UPS', items: pick(1) });
    expect(ask(asked, 'A', pick(1))).toHaveLength(asked.length);
    expect(ask(asked, 'B').at(-1)?.payload).toMatchObject({ items: pick(1) });
    for (const items of [pick(2), [{ productId: 'P2', qty: 1 }]]) {
      expect(() => ask(asked, 'B', items)).toThrow(
        expect.objectContaining({
          code: 'NOT_TO_SHIP',
          message: expect.stringContaining('wait in a shipment'),
          details: { picked: pick(1), waiting: [{ shipmentId: 'A', carrier: 'UPS', items: pick(1) }] },
        }),
      );
    }
    expect(() => ask(pay, 'A')).toThrow(
      expect.objectContaining({ code: 'NOT_TO_SHIP', details: { picked: [], waiting: [] } }),
    );
    const refunded = following(picked, (order) => requestRefund(order, { ...rest, refundId: 'R1' }));
    expect(() => ask(refunded, 'A')).toThrow(expect.objectContaining({ code: 'ORDER_REFUNDED' }));
  });

  it('goes from its label to the door, each step once', () => {
    expect(given(...shipped).shipments).toMatchObject([{ state: 'SHIPPED', trackingNumber: '1Z', quote }]);
    expect(shipped.at(-1)?.payload).toMatchObject({ shippingCost: usd(985n), items: pick(1) });
    expect(recordLabel(given(...shipped), label, NOW)).toEqual([]);
    const there = following(shipped, (order) => deliverShipment(order, 'A', NOW));
    expect(names(there).slice(-2)).toEqual(['shipped', 'delivered']);
    expect(deliverShipment(given(...there), 'A', NOW)).toEqual([]);
    expect(deliverShipment(given(...asked), 'A', NOW)).toEqual([]);
  });

  it('that the carrier refused leaves its pieces here, and no label is recorded after that', () => {
    const failed = following(asked, (order) =>
      failShipment(order, { shipmentId: 'A', code: 'PARCEL_TOO_HEAVY', reason: null }, NOW),
    );
    expect(given(...failed).shipments).toMatchObject([{ state: 'FAILED', refusal: 'PARCEL_TOO_HEAVY' }]);
    expect(recordLabel(given(...failed), label, NOW)).toEqual([]);
    expect(ask(failed, 'B').at(-1)?.payload).toMatchObject({ items: pick(2) });
  });

  it('and a cancellation keep each other out', () => {
    const rules = { mayCancel: () => true, needsApproval: () => false };
    for (const events of [asked, shipped]) {
      expect(() => cancelOrder(given(...events), { ...rest, ...rules })).toThrow(
        expect.objectContaining({
          code: 'ORDER_NOT_CANCELABLE',
          details: { orderStatus: 'PAID', shipments: ['A'] },
        }),
      );
    }
    const canceling = following(picked, (order) => cancelOrder(order, { ...rest, ...rules }));
    expect(() => ask(canceling, 'A')).toThrow(expect.objectContaining({ code: 'CANCELLATION_PENDING' }));
  });
});
