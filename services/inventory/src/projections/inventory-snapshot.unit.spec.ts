import { makeEvent } from '@tradewind/contracts/event.ts';
import { expect, it } from 'vitest';
import { isPublished } from '#stock/events.ts';
import { setStock } from '#set-stock/decide.ts';
import { given, NOON, when } from '#stock/stock.fixture.ts';
import { evolve, type InventorySnapshot } from './inventory-snapshot.ts';

it('shows a product over its locations and sums it up', () => {
  const state = given();
  const count = (storeId: string, onHand: number) =>
    when(state, (stock, now) =>
      setStock(
        stock,
        {
          ...{ storeId, sku: 'SKU-1', productId: 'P-1', onHand, adjustmentId: 'A' },
          ...{ reorderPoint: undefined, expectedVersion: undefined },
        },
        now,
      ),
    );
  const events = [...count('STORE-1', 5), ...count('STORE-1-N', 3), ...count('STORE-1', 9)].filter(
    isPublished,
  );
  const context = {
    ...{
      eventId: 'E',
      occurredAt: NOON,
      traceId: '',
      correlationId: 'C',
      causationId: null,
      storeId: 'STORE-1',
    },
  };
  const row = events.reduce<InventorySnapshot | undefined>(
    (before, { type, payload }, index) =>
      evolve(before, makeEvent(type, payload as never, { ...context, aggregateVersion: index + 1 }) as never),
    undefined,
  );
  expect(row).toEqual({
    ...{ product_id: 'P-1', on_hand: 12, reserved: 0, available: 12 },
    stores: {
      'STORE-1': { 'SKU-1': { onHand: 9, reserved: 0, version: 2 } },
      'STORE-1-N': { 'SKU-1': { onHand: 3, reserved: 0, version: 1 } },
    },
  });
});
