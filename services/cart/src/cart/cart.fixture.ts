import type { Cart } from './cart.ts';
import type { Priced, Resolution } from './priced.ts';

export const NOW = new Date('2026-11-21T08:00:00Z');
export const LATER = new Date('2026-11-21T08:00:05Z');

export const item = (productId: string, qty = 1) => ({ itemId: `I-${productId}`, productId, qty });

export function cartOf(fields: Partial<Cart> = {}): Cart {
  return {
    cartId: 'C-1',
    userId: 'USER-9',
    tokenHash: null,
    status: 'OPEN',
    currency: null,
    items: [],
    codes: [],
    shipping: null,
    version: 1,
    mergedInto: null,
    orderId: null,
    checkout: null,
    createdAt: NOW,
    updatedAt: NOW,
    ...fields,
  };
}

/** Every product costs 2.50, and a code takes 1.00 off the first line. */
export function resolutionOf(
  lines: readonly { readonly productId: string; readonly qty: number }[],
  codes: readonly string[] = [],
): Resolution {
  const discount = BigInt(codes.length) * 100n;
  const priced = lines.map(({ productId, qty }, at) => ({
    ...{ productId, qty, sku: `SKU-${productId}`, list: 250n, price: 250n },
    total: 250n * BigInt(qty) - (at === 0 ? discount : 0n),
    rules:
      at === 0
        ? codes.map((code) => ({ kind: 'CODE' as const, ruleId: code, name: code, amount: 100n }))
        : [],
  }));
  const total = priced.reduce((sum, line) => sum + line.total, 0n);
  return { currency: 'USD', lines: priced, total, discount, freeShipping: false, rules: [] };
}

export const current = (resolution: Resolution): Priced => ({
  ...{ status: 'CURRENT', resolution, codeProblems: [], unsold: [] },
});
