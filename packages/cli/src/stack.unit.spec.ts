import { describe, expect, it } from 'vitest';
import { databaseName, isRunnable, services } from '#stack.ts';

describe('services', () => {
  it('are those with a folder in the checkout', () => {
    expect(services().map((it) => it.name)).toEqual(
      expect.arrayContaining(['identity', 'product', 'order', 'gateway']),
    );
    expect(services('/nonexistent')).toEqual([]);
  });

  it('run only once they have an entry file', () => {
    const [first] = services();
    expect(first && isRunnable(first, '/nonexistent')).toBe(false);
  });

  it('have databases named as SQL wants them', () => {
    expect(databaseName('payment-adapter')).toBe('payment_adapter');
  });
});
