import { eventually } from '@tradewind/testing/eventually.ts';
import { expect } from 'vitest';
import { goods, order, paidOrder, type Product, shopper, tryOrder } from '../e2e/shop.fixture.ts';
import { as, token, unique } from '../e2e/stack.fixture.ts';

type Values = Record<string, string>;

const key = (): Values => ({ key: unique('PACT') });

/** A shopper whom no other test knows, with her token for the requests. */
async function somebody(): Promise<{ readonly sub: string; readonly values: Values }> {
  const sub = unique('PACT');
  return { sub, values: { token: await token({ sub }), ...key() } };
}

const staff = async (role: 'MERCHANT' | 'ADMIN'): Promise<Values> => ({
  token: await token({ sub: `${role}-1`, roles: [role] }),
  newSku: unique('PACT'),
});

const valuesOf = ({ productId, sku }: Product): Values => ({ productId, sku, name: 'Test goods' });

/** Ten pieces that can be ordered: the shop may take a moment to know the price. */
async function tenPieces(): Promise<Product> {
  const [client, product] = [await shopper(), await goods({ onHand: 10 })];
  await eventually(async () => expect((await tryOrder(client, product, { qty: 11 })).status).toBe(409));
  return product;
}

/** An order that the shopper's list has, too. */
async function ordered(sub: string): Promise<string> {
  const client = await as({ sub });
  const { orderId } = await order(client, await goods());
  await eventually(async () => {
    const list = await client.get<{ items: unknown[] }>('/api/v1/orders');
    expect(list.body.items).toHaveLength(1);
  });
  return orderId;
}

/** Makes true what clients take for given, and answers the ids that only the provider knows. */
export const states: Readonly<Record<string, () => Promise<Values>>> = {
  nothing: () => Promise.resolve({}),
  'a product': async () => valuesOf(await goods()),
  'a shopper': async () => (await somebody()).values,
  'a shopper, and a product with 10 pieces': async () => ({
    ...valuesOf(await tenPieces()),
    ...(await somebody()).values,
  }),
  'a shopper with an order': async () => {
    const { sub, values } = await somebody();
    return { ...values, orderId: await ordered(sub) };
  },
  'a shopper with a paid order': async () => {
    const { sub, values } = await somebody();
    const { orderId } = await paidOrder(await as({ sub }), await goods());
    return { ...values, orderId };
  },
  "a shopper, and somebody else's order": async () => {
    const { orderId } = await order(await shopper(), await goods());
    return { ...(await somebody()).values, orderId };
  },
  'a merchant': () => staff('MERCHANT'),
  'a merchant, and a product': async () => ({ ...valuesOf(await goods()), ...(await staff('MERCHANT')) }),
  'an admin, and a product': async () => ({ ...valuesOf(await goods()), ...(await staff('ADMIN')) }),
  'a merchant, and a paid order': async () => {
    const { orderId } = await paidOrder(await shopper(), await goods());
    return { ...(await staff('MERCHANT')), orderId };
  },
  'a merchant, and an order that is not paid': async () => {
    const { orderId } = await order(await shopper(), await goods());
    return { ...(await staff('MERCHANT')), orderId };
  },
};
