import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import type { Cart, CartStatus } from './cart.ts';
import type { AppliedRule, Priced } from './priced.ts';

const rule = z
  .object({
    kind: z.enum(['PRICE_LIST', 'FLASH_SALE', 'PROMOTION', 'CODE', 'CURRENCY_RATE']),
    ruleId: z.string(),
    name: z.string(),
    amount: z.string().meta({ description: 'by how much it lowered the amount it stands beside' }),
  })
  .meta({ id: 'CartRule' });

const stock = z
  .object({
    available: z.int(),
    inStock: z.boolean().meta({ description: 'enough for this line' }),
    hint: z.literal(true).meta({ description: 'may be stale by seconds; the order decides' }),
  })
  .nullable()
  .meta({ description: 'null: not known right now' });

const item = z.object({
  itemId: z.string(),
  productId: z.string(),
  sku: z.string().nullable(),
  qty: z.int(),
  listPrice: z.string().nullable(),
  price: z
    .string()
    .nullable()
    .meta({ description: 'of one piece, before promotions and codes; null: no price is known' }),
  total: z.string().nullable().meta({ description: 'of the line, after everything' }),
  appliedRules: z.array(rule),
  forSale: z.boolean().meta({ description: 'false: the product was taken out of sale since' }),
  stock,
});

export const cartView = z
  .object({
    cartId: z.string(),
    status: z.enum(['OPEN', 'CHECKING_OUT', 'CHECKED_OUT', 'MERGED', 'ABANDONED']),
    userId: z.string().nullable(),
    items: z.array(item),
    codes: z.array(z.string()),
    codeProblems: z
      .array(z.object({ code: z.string(), reason: z.string() }))
      .meta({ description: 'codes that no longer apply; a checkout would be refused for them' }),
    appliedRules: z.array(rule),
    discountAmount: z.string(),
    freeShipping: z.boolean(),
    totalAmount: z.string(),
    currency: z.string(),
    priceStatus: z
      .enum(['CURRENT', 'LAST_KNOWN'])
      .meta({ description: 'LAST_KNOWN: pricing did not answer, or the cart is closed' }),
    shippingAddress: z.record(z.string(), z.string()).nullable(),
    shippingMethod: z.string().nullable(),
    orderId: z.string().nullable(),
    mergedInto: z.string().nullable(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Cart',
    example: {
      cartId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
      status: 'OPEN',
      userId: 'USER-9',
      items: [
        {
          itemId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
          productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53229',
          sku: 'MUG-RED',
          qty: 2,
          listPrice: '12.50',
          price: '12.50',
          total: '22.50',
          appliedRules: [{ kind: 'CODE', ruleId: 'CODE-1', name: 'WELCOME10', amount: '2.50' }],
          forSale: true,
          stock: { available: 40, inStock: true, hint: true },
        },
      ],
      codes: ['WELCOME10'],
      codeProblems: [],
      appliedRules: [],
      discountAmount: '2.50',
      freeShipping: false,
      totalAmount: '22.50',
      currency: 'USD',
      priceStatus: 'CURRENT',
      shippingAddress: null,
      shippingMethod: null,
      orderId: null,
      mergedInto: null,
      version: 3,
      createdAt: '2026-11-21T08:00:00.000Z',
      updatedAt: '2026-11-21T08:00:05.000Z',
    },
  });
export type CartView = z.infer<typeof cartView>;

/** Pieces for sale by product, of those that are known. */
export type StockHints = ReadonlyMap<string, number>;

/** What an empty cart is counted in. */
const DEFAULT_CURRENCY = 'USD';

export function viewOf(cart: Cart, priced: Priced, hints: StockHints): CartView {
  const { resolution } = priced;
  const currency = resolution?.currency ?? cart.currency ?? DEFAULT_CURRENCY;
  const amount = (minor: bigint): string => formatAmount(minor, currency);
  const rules = (applied: readonly AppliedRule[]) =>
    applied.map(({ kind, ruleId, name, amount: by }) => ({ kind, ruleId, name, amount: amount(by) }));
  const lines = new Map(resolution?.lines.map((line) => [line.productId, line]));
  return {
    cartId: cart.cartId,
    status: cart.status satisfies CartStatus,
    userId: cart.userId,
    items: cart.items.map(({ itemId, productId, qty }) => {
      const line = lines.get(productId);
      const available = hints.get(productId);
      return {
        itemId,
        productId,
        sku: line?.sku ?? null,
        qty,
        listPrice: line ? amount(line.list) : null,
        price: line ? amount(line.price) : null,
        total: line ? amount(line.total) : null,
        appliedRules: rules(line?.rules ?? []),
        forSale: !priced.unsold.includes(productId),
        stock: available === undefined ? null : { available, inStock: available >= qty, hint: true },
      };
    }),
    codes: [...cart.codes],
    codeProblems: [...priced.codeProblems],
    appliedRules: rules(resolution?.rules ?? []),
    discountAmount: amount(resolution?.discount ?? 0n),
    freeShipping: resolution?.freeShipping ?? false,
    totalAmount: amount(resolution?.total ?? 0n),
    currency,
    priceStatus: priced.status,
    shippingAddress: cart.shipping?.address ?? null,
    shippingMethod: cart.shipping?.method ?? null,
    orderId: cart.orderId,
    mergedInto: cart.mergedInto,
    version: cart.version,
    createdAt: cart.createdAt.toISOString(),
    updatedAt: cart.updatedAt.toISOString(),
  };
}
