import { MatchersV3 } from '@pact-foundation/pact';
import { type Agreement, amount, BEARER, etag, fromState, refusal } from './agreement.ts';

const { eachLike, boolean, integer, regex, string } = MatchersV3;

const PRODUCT = '01a1fca3-c02b-7d83-8f26-c90ea3a53227';
const ORDER = '01a1fcfb-0a52-7b11-9d43-2f0a6b1c9e55';
const product = (rest = '') =>
  fromState(`/api/v1/products/\${productId}${rest}`, `/api/v1/products/${PRODUCT}${rest}`);
const fulfill = fromState('/api/v1/orders/${orderId}/fulfill', `/api/v1/orders/${ORDER}/fulfill`);
const staff = { authorization: BEARER };
const draft = (sku: ReturnType<typeof fromState>) => ({
  sku,
  name: 'Red mug',
  price: '12.50',
  currency: 'USD',
});
const ADD = { method: 'POST', path: '/api/v1/products', headers: staff } as const;

/** What the merchants' tool relies on when it edits products. */
export const editing: readonly Agreement[] = [
  {
    given: 'a merchant',
    asking: 'to add a product',
    ...{ ...ADD, body: draft(fromState('${newSku}', 'MUG-RED')), status: 201 },
    replyHeaders: { location: regex('^/api/v1/products/.+', `/api/v1/products/${PRODUCT}`) },
    reply: { productId: string(PRODUCT), sku: fromState('${newSku}', 'MUG-RED'), price: '12.50', version: 1 },
  },
  {
    given: 'a merchant, and a product',
    asking: 'to add a product with a SKU that is taken',
    ...{ ...ADD, body: draft(fromState('${sku}', 'MUG-RED')) },
    ...refusal(409, 'SKU_TAKEN'),
  },
  {
    given: 'a merchant',
    asking: 'to add a product without a price',
    ...{ ...ADD, body: { sku: 'MUG-BLUE', name: 'Blue mug', currency: 'USD' } },
    ...refusal(400, 'VALIDATION_FAILED', {
      errors: eachLike({ path: string('price'), message: string('Required') }),
    }),
  },
  {
    given: 'a merchant, and a product',
    asking: 'to rename it',
    ...{ method: 'PATCH', path: product(), headers: { ...staff, 'if-match': '"1"' }, body: { name: 'Mug' } },
    status: 200,
    replyHeaders: { etag: etag('"2"') },
    reply: { name: 'Mug', version: 2 },
  },
  {
    given: 'a merchant, and a product',
    asking: 'to rename a version that is gone',
    ...{ method: 'PATCH', path: product(), headers: { ...staff, 'if-match': '"7"' }, body: { name: 'Mug' } },
    ...refusal(409, 'VERSION_CONFLICT', { currentVersion: integer(1) }),
  },
  {
    given: 'a merchant, and a product',
    asking: 'to override its price without being an admin',
    ...{ method: 'PUT', path: product('/price'), headers: staff, body: { price: '9.90' } },
    ...refusal(403, 'FORBIDDEN'),
  },
  {
    given: 'an admin, and a product',
    asking: 'to override its price',
    ...{ method: 'PUT', path: product('/price'), headers: staff, body: { price: '9.90' }, status: 200 },
    reply: { price: '9.90', version: 2 },
  },
  {
    given: 'a merchant, and a product',
    asking: 'its price history',
    ...{ method: 'GET', path: product('/price-history'), headers: staff, status: 200 },
    reply: { items: eachLike({ price: amount('12.50'), currency: string('USD'), isCurrent: boolean(true) }) },
  },
  {
    given: 'a merchant, and a product',
    asking: 'to archive it',
    ...{ method: 'DELETE', path: product(), headers: staff, status: 204 },
  },
];

/** What the merchants' tool relies on when goods leave the house. */
export const fulfilling: readonly Agreement[] = [
  {
    given: 'a merchant, and a paid order',
    asking: 'to fulfil it',
    ...{ method: 'POST', path: fulfill, headers: staff, body: {}, status: 200 },
    reply: { orderId: fromState('${orderId}', ORDER), status: 'FULFILLED' },
  },
  {
    given: 'a merchant, and an order that is not paid',
    asking: 'to fulfil it too early',
    ...{ method: 'POST', path: fulfill, headers: staff, body: {} },
    ...refusal(409, 'ORDER_NOT_FULFILLABLE'),
  },
];
