import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, type EventType, makeEvent, type PayloadOf } from '@tradewind/contracts/event.ts';
import { describe, expect, it } from 'vitest';
import { evolve, type ProductSearchRow } from './product-search-index.ts';

const at = new Date('2026-01-01T12:00:00Z');
const product = {
  productId: 'P-1',
  sku: 'MUG',
  name: 'Mug',
  description: 'For tea.',
  price: toDecimal(1250n, 'USD'),
  currency: 'USD',
  categoryId: 'kitchen',
  attributes: { size: '3', color: 'red', note: '' },
  images: [],
  status: 'ACTIVE',
  version: 1,
  createdAt: at,
};

function event<T extends EventType>(type: T, payload: PayloadOf<T>): AnyEvent {
  return makeEvent(type, payload, {
    ...{ eventId: 'e', occurredAt: at, traceId: 't', correlationId: 'c', causationId: null },
    ...{ storeId: 'STORE-1', aggregateVersion: 1 },
  }) as AnyEvent;
}

const created = event('ecommerce.product.product.created.v1', product);
const stock = event('ecommerce.inventory.stock.low.v1', {
  ...{ productId: 'P-1', sku: 'MUG', storeId: 'STORE-1', onHand: 2, reserved: 0, available: 2, version: 1 },
  reorderPoint: 3,
});
const fold = (...events: AnyEvent[]) => events.reduce<ProductSearchRow | undefined>(evolve, undefined);

describe('product_search_index', () => {
  it('gathers the texts that a product is found by, and its attributes in their order', () => {
    expect(fold(created)).toMatchObject({
      words: 'Mug\nMUG\nFor tea.\nkitchen\nred\n3',
      attributes: ['color\u001fred', 'note\u001f', 'size\u001f3'],
      price: '12.50',
      inventory_status: 'OUT',
    });
    expect(fold(created)).not.toHaveProperty('description');
  });

  it('keeps texts while the stock moves, and stock that is heard of first', () => {
    const row = fold(created, stock);
    expect(row).toMatchObject({ words: fold(created)?.words, available: 2, inventory_status: 'LOW' });
    expect(fold(stock)).toMatchObject({ words: null, attributes: [], status: null });
    expect(fold(stock, created)).toEqual(row);
  });

  it('takes on what an update says', () => {
    const updated = event('ecommerce.product.product.updated.v1', {
      ...product,
      ...{ name: 'Cup', description: null, categoryId: null, attributes: {}, version: 2 },
      ...{ changedFields: ['name'], updatedAt: at },
    });
    expect(fold(created, stock, updated)).toMatchObject({ words: 'Cup\nMUG', attributes: [], available: 2 });
  });
});
