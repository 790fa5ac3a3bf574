import { describe, expect, it } from 'vitest';
import { eventDefinitions, eventTypes, isEventType } from '#event.ts';
import { orderCreated } from '#sample-events.fixture.ts';

describe('makeEvent', () => {
  it('fills in what the definition says', () => {
    expect(orderCreated()).toMatchObject({
      eventType: 'ecommerce.order.order.created.v1',
      producer: 'order-service',
      schemaVersion: '1.1',
      partitionKey: 'ORDER-123',
    });
  });

  it('refuses an empty key', () => {
    expect(() => orderCreated({ orderId: '' })).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });
});

describe('eventDefinitions', () => {
  it('has no event twice and no two records of one name', () => {
    const names = eventTypes.map(
      (type) => `${eventDefinitions[type].schema.namespace}.${eventDefinitions[type].schema.name}`,
    );
    expect(new Set(names).size).toBe(eventTypes.length);
  });

  it('knows its own names only', () => {
    expect(eventTypes.every((type) => isEventType(type))).toBe(true);
    expect(isEventType('ecommerce.order.order.teleported.v1')).toBe(false);
    expect(isEventType('toString')).toBe(false);
  });
});
