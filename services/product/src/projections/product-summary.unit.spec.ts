import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, type EventType, makeEvent, type PayloadOf } from '@tradewind/contracts/event.ts';
import { describe, expect, it } from 'vitest';
import { evolve, type ProductSummary } from './product-summary.ts';

const createdAt = new Date('2026-01-01T12:00:00Z');
const created = {
  productId: 'P-1',
  sku: 'MUG',
  name: 'Mug',
  description: null,
  price: toDecimal(1250n, 'USD'),
  currency: 'USD',
  categoryId: 'kitchen',
  attributes: {},
  images: ['/a.jpg', '/b.jpg'],
  status: 'ACTIVE',
  version: 1,
  createdAt,
};

function event<T extends EventType>(type: T, payload: PayloadOf<T>): AnyEvent {
  return makeEvent(type, payload, {
    eventId: 'e',
    occurredAt: createdAt,
    traceId: 't',
    correlationId: 'c',
    causationId: null,
    storeId: 'STORE-1',
    aggregateVersion: 1,
  }) as AnyEvent;
}

const stock = (location: string, onHand: number, reserved: number): AnyEvent =>
  event('ecommerce.inventory.stock.reserved.v1', {
    productId: 'P-1',
    sku: 'MUG',
    storeId: location,
    onHand,
    reserved,
    available: onHand - reserved,
    version: 1,
    qty: 1,
    reservationId: 'R',
    orderId: null,
    expiresAt: null,
  });

const fold = (...events: AnyEvent[]) => events.reduce<ProductSummary | undefined>(evolve, undefined);

describe('product_summary', () => {
  it('shows a new product as out of stock', () => {
    expect(fold(event('ecommerce.product.product.created.v1', created))).toMatchObject({
      product_id: 'P-1',
      price_minor: 1250,
      price: '12.50',
      image: '/a.jpg',
      status: 'ACTIVE',
      inventory_status: 'OUT',
    });
  });

  it('sums the stock of all locations, each as its last event says', () => {
    const row = fold(
      event('ecommerce.product.product.created.v1', created),
      stock('STORE-1', 4, 0),
      stock('STORE-1-NORTH', 10, 3),
      stock('STORE-1', 5, 2),
    );
    expect(row).toMatchObject({
      on_hand: 15,
      reserved: 5,
      available: 10,
      inventory_status: 'IN_STOCK',
      name: 'Mug',
    });
  });

  it('keeps stock that is heard of before its product', () => {
    const early = fold(stock('STORE-1', 3, 0));
    expect(early).toMatchObject({ product_id: 'P-1', status: null, available: 3, inventory_status: 'LOW' });
    const row = evolve(early, event('ecommerce.product.product.created.v1', created));
    expect(row).toMatchObject({ name: 'Mug', available: 3 });
  });

  it('follows the price and the archive', () => {
    const row = fold(
      event('ecommerce.product.product.created.v1', created),
      event('ecommerce.product.price.changed.v1', {
        productId: 'P-1',
        sku: 'MUG',
        oldPrice: toDecimal(1250n, 'USD'),
        newPrice: toDecimal(990n, 'USD'),
        currency: 'USD',
        validFrom: createdAt,
        changedBy: 'USER-1',
        version: 2,
      }),
      event('ecommerce.product.product.archived.v1', {
        productId: 'P-1',
        sku: 'MUG',
        name: 'Mug',
        status: 'ARCHIVED',
        version: 3,
        archivedAt: createdAt,
      }),
    );
    expect(row).toMatchObject({ price: '9.90', status: 'ARCHIVED', version: 3 });
  });
});
