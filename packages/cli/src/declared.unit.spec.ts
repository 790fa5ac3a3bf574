import { describe, expect, it } from 'vitest';
import { declaredConsumers, declaredProjections } from './declared.ts';

describe('what the services declare', () => {
  it('names consumers that keep receipts, with their event', async () => {
    const consumers = await declaredConsumers();
    expect(consumers).toContainEqual({
      ...{
        service: 'order',
        name: 'order.on-payment-captured',
        eventType: 'ecommerce.payment.payment.captured.v1',
      },
    });
    const names = consumers.map(({ name }) => name);
    // Hands the whole delivery on, and with it the inbox.
    expect(names).toContain('notification.on-order-paid');
    expect(names).not.toContain('product.on-product-updated');
  });

  it('names every projection with its topics', async () => {
    const projections = await declaredProjections();
    const topicsOf = (name: string) => projections.find((one) => one.name === name)?.topics;
    expect(topicsOf('orders_by_customer')).toEqual(['ecommerce.order.order']);
    expect(topicsOf('inventory_snapshot')).toEqual(['ecommerce.inventory.stock']);
    expect([...(topicsOf('product_summary') ?? [])].sort()).toEqual([
      'ecommerce.inventory.stock',
      'ecommerce.product.product',
    ]);
    expect(projections.every(({ topics }) => topics.length > 0)).toBe(true);
  });
});
