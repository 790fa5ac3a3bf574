import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { ask, codesOf, dataOf } from './graphql.fixture.ts';
import { goods, paidOrder, shopper } from './shop.fixture.ts';
import { admin, anybody, as, merchant, unique, urlOf } from './stack.fixture.ts';

const inTenMinutes = (): string => new Date(Date.now() + 600_000).toISOString();

/** The one field of a mutation's answer. */
async function done<T>(client: HttpClient, field: string, args: string, selection: string): Promise<T> {
  const data = await dataOf<Record<string, T>>(client, `mutation { ${field}(${args}) ${selection} }`);
  return data[field] as T;
}

/** A product of the catalogue with stock, all over the graph. */
async function stocked(boss: HttpClient, price: string): Promise<string> {
  const sku = unique('LIFE');
  const input = `input: { sku: "${sku}", name: "Lamp", price: "${price}", currency: "USD" }`;
  const { id } = await done<{ id: string }>(boss, 'createProduct', input, '{ id }');
  const count = `storeId: "STORE-1", sku: "${sku}", input: { productId: "${id}", onHand: 5 }`;
  await done(boss, 'setStock', count, '{ available }');
  return id;
}

async function deliver(trackingNumber: string): Promise<void> {
  const response = await fetch(`${urlOf('carriers')}/_control/deliver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier: 'ups', trackingNumber }),
  });
  expect(response.status).toBe(200);
}

it('a whole life over the graph: flash price, code, cart, payment, parcel, and all of it back', async () => {
  const customerId = unique('USER');
  const [boss, staff, client] = [await admin(), await merchant(), await as({ sub: customerId })];
  const product = await stocked(boss, '20.00');
  const sale = `input: { name: "Noon", productIds: ["${product}"], discountPercent: 25, endsAt: "${inTenMinutes()}" }`;
  await eventually(() => done(boss, 'createFlashSale', sale, '{ saleId }'));
  const code = unique('TEN');
  await done(
    staff,
    'createDiscountCode',
    `input: { code: "${code}", type: PERCENTAGE, value: "10" }`,
    '{ uses }',
  );
  const browse = `{ products(first: 20) { id price { amount } } product(id: "${product}") { name inventory { available } price { amount } } }`;
  await eventually(async () =>
    expect(await dataOf(anybody(), browse)).toMatchObject({
      product: { name: 'Lamp', inventory: { available: 5 }, price: { amount: '15.00' } },
    }),
  );

  const { cart } = await done<{ cart: { cartId: string } }>(
    client,
    'createCart',
    'currency: "USD"',
    '{ cart { cartId } }',
  );
  const inCart = `cartId: "${cart.cartId}"`;
  await done(client, 'addCartItem', `${inCart}, productId: "${product}", qty: 2`, '{ totalAmount }');
  const withCode = await done(client, 'addCartCode', `${inCart}, code: "${code}"`, '{ totalAmount codes }');
  expect(withCode).toEqual({ totalAmount: '27.00', codes: [code] });
  const { orderId } = await done<{ orderId: string }>(client, 'checkoutCart', inCart, '{ orderId }');
  const ofOrder = `orderId: "${orderId}"`;
  const paying = `${ofOrder}, idempotencyKey: "${unique('PAY')}"`;
  expect(await done(client, 'payOrder', paying, '{ status totalAmount discountCodes }')).toEqual({
    ...{ status: 'PAID', totalAmount: '27.00', discountCodes: [code] },
  });

  const theirs = `{ customerOrders(customerId: "${customerId}") { orderId status items { product { name } } } }`;
  await eventually(async () =>
    expect(await dataOf(staff, theirs)).toEqual({
      customerOrders: [{ orderId, status: 'PAID', items: [{ product: { name: 'Lamp' } }] }],
    }),
  );
  expect(codesOf(await ask(await shopper(), theirs))).toEqual(['FORBIDDEN']);
  expect(await done(staff, 'fulfillOrder', ofOrder, '{ status fulfillments { items { qty } } }')).toEqual({
    ...{ status: 'FULFILLED', fulfillments: [{ items: [{ qty: 2 }] }] },
  });
  const parcel = await done<{ trackingNumber: string }>(
    ...([staff, 'shipOrder', `${ofOrder}, carrier: UPS`] as const),
    '{ status trackingNumber quote { currency } items { qty product { name } } order { status } }',
  );
  expect(parcel).toMatchObject({
    ...{ status: 'SHIPPED', quote: { currency: 'USD' }, items: [{ qty: 2, product: { name: 'Lamp' } }] },
    order: { status: 'FULFILLED' },
  });
  await deliver(parcel.trackingNumber);
  const where = `{ order(id: "${orderId}") { shipments { status tracking { status } } } }`;
  const tracking = ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'].map((status) => ({ status }));
  await eventually(
    async () =>
      expect(await dataOf(client, where)).toEqual({
        order: { shipments: [{ status: 'DELIVERED', tracking }] },
      }),
    { within: 20_000 },
  );

  const back = `${ofOrder}, items: [{ productId: "${product}", qty: 2 }], reason: "too bright"`;
  const { returnId } = await done<{ returnId: string }>(client, 'requestReturn', back, '{ returnId status }');
  const approving = `${ofOrder}, returnId: "${returnId}"`;
  const approve = `mutation { approveReturn(${approving}) { status } }`;
  expect(codesOf(await ask(client, approve))).toEqual(['FORBIDDEN']);
  expect(['APPROVED', 'RETURNED']).toContain(
    (await done<{ status: string }>(staff, 'approveReturn', approving, '{ status }')).status,
  );
  const end = `{
    order(id: "${orderId}") { status refundedAmount returns { status refundAmount } refunds { status amount returnId } }
    productInventory(id: "${product}") { available } }`;
  await eventually(async () =>
    expect(await dataOf(client, end)).toEqual({
      order: {
        ...{ status: 'RETURNED', refundedAmount: '27.00' },
        returns: [{ status: 'RETURNED', refundAmount: '27.00' }],
        refunds: [{ status: 'REFUNDED', amount: '27.00', returnId }],
      },
      productInventory: { available: 5 },
    }),
  );
});

describe('money goes back', () => {
  it('in part, and all of it where a second admin agrees', async () => {
    const [boss, client] = [await admin(), await shopper()];
    const { orderId } = await paidOrder(client, await goods({ price: '1000.02' }));
    const of = `orderId: "${orderId}"`;
    const part = await done(
      boss,
      'refundOrder',
      `${of}, amount: "0.02"`,
      '{ amount order { refundedAmount } }',
    );
    expect(part).toEqual({ amount: '0.02', order: { refundedAmount: '0.02' } });
    expect(codesOf(await ask(client, `mutation { refundOrder(${of}) { amount } }`))).toEqual(['FORBIDDEN']);
    const asked = await done(boss, 'cancelOrder', of, '{ status cancellation }');
    expect(asked).toEqual({ status: 'PAID', cancellation: 'AWAITING_APPROVAL' });
    const approve = `mutation { approveCancellation(${of}) { status } }`;
    expect(codesOf(await ask(boss, approve))).toEqual(['SELF_APPROVAL']);
    const second = await as({ sub: 'ADMIN-2', roles: ['ADMIN'] });
    await done(second, 'rejectCancellation', `${of}, reason: "sent already"`, '{ cancellation }');
    await done(boss, 'cancelOrder', of, '{ status }');
    await dataOf(second, approve);
    const end = `{ order(id: "${orderId}") { status refundedAmount refunds { status } } }`;
    await eventually(async () =>
      expect(await dataOf(client, end)).toEqual({
        order: {
          ...{ status: 'CANCELED', refundedAmount: '1000.02' },
          refunds: [{ status: 'REFUNDED' }, { status: 'REFUNDED' }],
        },
      }),
    );
  });
});
