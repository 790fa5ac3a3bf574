/** A word, or a list of lines of words: all that a template can show. */
export type Value = string | readonly Readonly<Record<string, string>>[];
export type Values = Readonly<Record<string, Value>>;

export const channelNames = ['EMAIL', 'SMS', 'PUSH', 'SLACK'] as const;
export type ChannelName = (typeof channelNames)[number];

export const categories = ['TRANSACTIONAL', 'MARKETING'] as const;
export type Category = (typeof categories)[number];

interface KindOfMessage {
  /** MARKETING needs consent. */
  readonly category: Category;
  readonly audience: 'CUSTOMER' | 'STORE';
  /** The variables that its templates may use, with what a preview shows in their place. */
  readonly sample: Values;
}

const orderId = '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a35';
const lines = [
  { productId: 'PRODUCT-1', qty: '2', price: '49.50' },
  { productId: 'PRODUCT-2', qty: '1', price: '30.50' },
];

const toCustomer = <Sample extends Values>(sample: Sample, category: Category = 'TRANSACTIONAL') => ({
  category,
  audience: 'CUSTOMER' as const,
  sample,
});

const toStore = <Sample extends Values>(sample: Sample) => ({
  category: 'TRANSACTIONAL' as const,
  audience: 'STORE' as const,
  sample,
});

/** Everything that is ever told. Its name is the key of its templates. */
export const kinds = {
  'order-created': toCustomer({ orderId, totalAmount: '129.50', currency: 'USD', items: lines }),
  'order-paid': toCustomer({ orderId, totalAmount: '129.50', currency: 'USD' }),
  'order-payment-failed': toCustomer({ orderId, amount: '129.50', currency: 'USD', reason: 'card declined' }),
  'order-shipped': toCustomer({
    orderId,
    carrier: 'UPS',
    trackingNumber: '1Z999AA10123456784',
    items: lines,
  }),
  'order-delivered': toCustomer({ orderId, carrier: 'UPS', trackingNumber: '1Z999AA10123456784' }),
  'order-canceled': toCustomer({
    orderId,
    totalAmount: '129.50',
    currency: 'USD',
    reason: 'changed my mind',
  }),
  'order-refunded': toCustomer({ orderId, amount: '49.50', currency: 'USD', reason: 'damaged' }),
  'order-expired': toCustomer({ orderId, totalAmount: '129.50', currency: 'USD' }),
  'cart-abandoned': toCustomer(
    { cartId: orderId, items: lines.map(({ productId, qty }) => ({ productId, qty })) },
    'MARKETING',
  ),
  'stock-low': toStore({
    sku: 'SKU-1',
    productId: 'PRODUCT-1',
    locationId: 'STORE-1',
    available: '3',
    reorderPoint: '5',
  }),
  'webhook-disabled': toStore({
    subscriptionId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a36',
    reason: 'GONE: the endpoint answered 410',
    failures: '1',
  }),
} as const satisfies Readonly<Record<string, KindOfMessage>>;

export type Kind = keyof typeof kinds;
/** Kinds that stores are told in their chat; customers hear of all others. */
export type StoreKind = {
  [K in Kind]: (typeof kinds)[K]['audience'] extends 'STORE' ? K : never;
}[Kind];
export const kindNames = Object.keys(kinds) as readonly Kind[];

type Filled<Sample> = {
  readonly [Name in keyof Sample]: Sample[Name] extends string ? string : FilledLines<Sample[Name]>;
};
type FilledLines<Lines> = Lines extends readonly (infer Line)[]
  ? readonly { readonly [Name in keyof Line]: string }[]
  : never;

/** What a message of a kind says: every variable of its templates, no more and no less. */
export type ValuesOf<K extends Kind> = Filled<(typeof kinds)[K]['sample']>;
