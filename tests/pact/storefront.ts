import { MatchersV3 } from '@pact-foundation/pact';
import { type Agreement, amount, BEARER, etag, fromState, refusal } from './agreement.ts';

const { eachLike, integer, like, regex, string, iso8601DateTimeWithMillis: time } = MatchersV3;

const PRODUCT = '01a1fca3-c02b-7d83-8f26-c90ea3a53227';
const ORDER = '01a1fcfb-0a52-7b11-9d43-2f0a6b1c9e55';
const product = fromState('/api/v1/products/${productId}', `/api/v1/products/${PRODUCT}`);
const order = (rest = '') => fromState(`/api/v1/orders/\${orderId}${rest}`, `/api/v1/orders/${ORDER}${rest}`);
const key = { 'idempotency-key': fromState('${key}', 'checkout-1') };
const shopper = { authorization: BEARER };

const summary = {
  productId: string(PRODUCT),
  sku: string('MUG-RED'),
  name: string('Red mug'),
  price: amount('12.50'),
  currency: regex('^[A-Z]{3}$', 'USD'),
  inventoryStatus: regex('^(IN_STOCK|LOW|OUT)$', 'IN_STOCK'),
};

/** What the shop's web site relies on when it shows products. */
export const browsing: readonly Agreement[] = [
  {
    given: 'a product',
    asking: 'a page of products',
    ...{ method: 'GET', path: '/api/v1/products', query: { limit: '2' } },
    status: 200,
    reply: { items: eachLike(summary) },
  },
  {
    given: 'a product',
    asking: 'one product',
    ...{ method: 'GET', path: product, status: 200 },
    replyHeaders: { etag: etag('"1"') },
    reply: {
      productId: fromState('${productId}', PRODUCT),
      sku: string('MUG-RED'),
      name: string('Red mug'),
      price: amount('12.50'),
      currency: regex('^[A-Z]{3}$', 'USD'),
      images: like([]),
      status: 'ACTIVE',
      version: integer(1),
    },
  },
  {
    given: 'a product',
    asking: 'one product that it has seen already',
    ...{ method: 'GET', path: product, headers: { 'if-none-match': '"1"' }, status: 304 },
  },
  {
    given: 'nothing',
    asking: 'a product that does not exist',
    ...{ method: 'GET', path: '/api/v1/products/no-such-product' },
    ...refusal(404, 'PRODUCT_NOT_FOUND'),
  },
  {
    given: 'a product',
    asking: 'a search',
    ...{ method: 'GET', path: '/api/v1/products/search', query: { q: fromState('${name}', 'Red mug') } },
    status: 200,
    reply: {
      items: eachLike(summary),
      total: integer(1),
      facets: { categories: like([]), inventory: like([]) },
    },
  },
];

const placed = {
  orderId: string(ORDER),
  status: 'PENDING',
  totalAmount: amount('25.00'),
  currency: 'USD',
  items: eachLike({ productId: string(PRODUCT), qty: integer(2), price: amount('12.50') }),
  version: integer(1),
  createdAt: time('2026-11-21T08:00:00.000Z'),
  expiresAt: time('2026-11-21T08:15:00.000Z'),
};
const wish = (qty: number) => ({ items: [{ productId: fromState('${productId}', PRODUCT), qty }] });
const POST = { method: 'POST', path: '/api/v1/orders' } as const;

/** What the shop's web site relies on from the checkout on. */
export const ordering: readonly Agreement[] = [
  {
    given: 'a shopper, and a product with 10 pieces',
    asking: 'an order',
    ...{ ...POST, headers: { ...shopper, ...key }, body: wish(2), status: 201 },
    replyHeaders: { location: regex('^/api/v1/orders/.+', `/api/v1/orders/${ORDER}`), etag: etag('"1"') },
    reply: placed,
  },
  {
    given: 'a shopper, and a product with 10 pieces',
    asking: 'an order without an Idempotency-Key',
    ...{ ...POST, headers: shopper, body: wish(1) },
    ...refusal(400, 'IDEMPOTENCY_KEY_REQUIRED'),
  },
  {
    given: 'a shopper, and a product with 10 pieces',
    asking: 'an order for more than there is',
    ...{ ...POST, headers: { ...shopper, ...key }, body: wish(11) },
    ...refusal(409, 'INSUFFICIENT_STOCK', {
      lines: eachLike({ productId: string(PRODUCT), requested: integer(11), available: integer(10) }),
    }),
  },
  {
    given: 'a shopper',
    asking: 'an order for a product that is not sold',
    ...{
      ...POST,
      headers: { ...shopper, ...key },
      body: { items: [{ productId: 'no-such-product', qty: 1 }] },
    },
    ...refusal(422, 'UNKNOWN_PRODUCT'),
  },
  {
    given: 'nothing',
    asking: 'an order of somebody who is not logged in',
    ...{
      ...POST,
      headers: { 'idempotency-key': 'checkout-1' },
      body: { items: [{ productId: 'P1', qty: 1 }] },
    },
    ...refusal(401, 'UNAUTHENTICATED'),
  },
  {
    given: 'a shopper with an order',
    asking: 'that order',
    ...{ method: 'GET', path: order(), headers: shopper, status: 200 },
    replyHeaders: { etag: etag('"1"') },
    reply: { ...placed, orderId: fromState('${orderId}', ORDER) },
  },
  {
    given: "a shopper, and somebody else's order",
    asking: "somebody else's order",
    ...{ method: 'GET', path: order(), headers: shopper },
    ...refusal(404, 'ORDER_NOT_FOUND'),
  },
  {
    given: 'a shopper with an order',
    asking: 'the list of her orders',
    ...{ method: 'GET', path: '/api/v1/orders', query: { customer: 'me' }, headers: shopper, status: 200 },
    reply: {
      items: eachLike({ orderId: string(ORDER), status: string('PENDING'), totalAmount: amount('25.00') }),
      nextCursor: null,
    },
  },
  {
    given: 'a shopper with an order',
    asking: 'its history',
    ...{ method: 'GET', path: order('/history'), headers: shopper, status: 200 },
    reply: { items: eachLike({ status: string('PENDING') }) },
  },
  {
    given: 'a shopper with an order',
    asking: 'to pay it',
    ...{
      method: 'POST',
      path: order('/pay'),
      headers: { ...shopper, ...key },
      body: { method: { token: 'tok_visa' } },
    },
    status: 200,
    reply: { orderId: fromState('${orderId}', ORDER), status: 'PAID' },
  },
  {
    given: 'a shopper with an order',
    asking: 'to pay it with a card that is declined',
    ...{ method: 'POST', path: order('/pay'), headers: { ...shopper, ...key } },
    body: { method: { token: 'tok_decline' } },
    ...refusal(402, 'PAYMENT_DECLINED'),
  },
  {
    given: 'a shopper with an order',
    asking: 'to cancel it',
    ...{ method: 'POST', path: order('/cancel'), headers: shopper, body: { reason: 'changed my mind' } },
    status: 200,
    reply: { orderId: fromState('${orderId}', ORDER), status: 'CANCELED' },
  },
  {
    given: 'a shopper with a paid order',
    asking: 'to cancel what is paid',
    ...{ method: 'POST', path: order('/cancel'), headers: shopper, body: {} },
    ...refusal(403, 'FORBIDDEN'),
  },
];
