import { describe, expect, it } from 'vitest';
import { toDecimal } from '#decimal.ts';
import { toJson } from '#json.ts';
import { orderCreated, stockAdjusted, undiscounted } from '#sample-events.fixture.ts';

describe('toJson', () => {
  it("is the seed's example with the envelope's newer fields", () => {
    expect(JSON.stringify(toJson(orderCreated()), null, 2)).toMatchInlineSnapshot(`
      "{
        "eventId": "01936b4e-7c1a-7000-8000-000000000001",
        "eventType": "ecommerce.order.order.created.v1",
        "occurredAt": "2026-11-21T08:30:00.123Z",
        "producer": "order-service",
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "correlationId": "corr-1",
        "causationId": null,
        "schemaVersion": "1.1",
        "partitionKey": "ORDER-123",
        "storeId": "STORE-1",
        "aggregateVersion": 1,
        "payload": {
          "orderId": "ORDER-123",
          "userId": "USER-9",
          "totalAmount": "129.50",
          "currency": "USD",
          "items": [
            {
              "productId": "P1",
              "qty": 2,
              "price": "25.00",
              "sku": null,
              "listPrice": null,
              "total": null,
              "appliedRules": []
            }
          ],
          "expiresAt": "2026-11-21T08:45:00.000Z",
          "reservationId": "ORDER-123",
          "discountCodes": [],
          "status": "PENDING",
          "createdAt": "2026-11-21T08:30:00.000Z",
          "discountAmount": null,
          "appliedRules": []
        }
      }"
    `);
  });

  it("shows amounts with their currency's digits, in lines too", () => {
    const items = [{ productId: 'P1', qty: 1, price: toDecimal(1200n, 'JPY'), sku: 'S', ...undiscounted }];
    const json = toJson(orderCreated({ currency: 'JPY', totalAmount: toDecimal(1200n, 'JPY'), items }));
    expect(json.payload).toMatchObject({ totalAmount: '1200', items: [{ price: '1200', sku: 'S' }] });
  });

  it('refuses an amount that is not exact in its currency', () => {
    expect(() => toJson(orderCreated({ totalAmount: toDecimal(1n, 'CLF') }))).toThrow(
      expect.objectContaining({ code: 'DECIMAL_INEXACT' }),
    );
  });

  it('keeps nulls and numbers', () => {
    expect(toJson(stockAdjusted({ seq: 3 })).payload).toMatchObject({ orderId: null, seq: 3, delta: -2 });
  });
});
