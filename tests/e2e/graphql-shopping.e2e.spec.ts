import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { ask, codesOf, dataOf } from './graphql.fixture.ts';
import { goods, type Product, shopper } from './shop.fixture.ts';
import { admin, anybody, token, unique, urlOf } from './stack.fixture.ts';

interface Priced {
  readonly product: { readonly price: { readonly amount: string; readonly appliedRules: readonly object[] } };
}

const PRICE = `query ($id: ID!) {
  product(id: $id) { price { amount listAmount total currency appliedRules { kind name amount } } } }`;
const CREATE = 'mutation { createCart { cart { cartId version items { qty } } cartToken } }';
const ADD = `mutation ($cart: ID!, $product: ID!, $qty: Int!) {
  addCartItem(cartId: $cart, productId: $product, qty: $qty) {
    totalAmount currency items { itemId qty total product { name } } } }`;

interface Created {
  readonly createCart: { readonly cart: { readonly cartId: string }; readonly cartToken: string | null };
}

/** A product whose price has arrived where prices are made. */
async function priced(price: string): Promise<Product> {
  const product = await goods({ price, onHand: 50 });
  await eventually(async () => {
    const { product: shown } = await dataOf<Priced>(anybody(), PRICE, { id: product.productId });
    expect(shown.price.amount).toBe(price);
  });
  return product;
}

describe('prices', () => {
  it('follow a flash sale at once, and end with it', async () => {
    const { productId } = await priced('20.00');
    const begin = `mutation ($input: CreateFlashSaleInput!) {
      createFlashSale(input: $input) { saleId status products { id } } }`;
    const input = {
      ...{ name: 'Noon', productIds: [productId], discountPercent: 25 },
      endsAt: new Date(Date.now() + 600_000).toISOString(),
    };
    const boss = await admin();
    const { createFlashSale: sale } = await dataOf<{ createFlashSale: { saleId: string } }>(boss, begin, {
      input,
    });
    expect(sale).toMatchObject({ products: [{ id: productId }] });
    await eventually(async () =>
      expect((await dataOf<Priced>(anybody(), PRICE, { id: productId })).product.price).toEqual({
        ...{ amount: '15.00', listAmount: '20.00', total: '15.00', currency: 'USD' },
        appliedRules: [{ kind: 'FLASH_SALE', name: 'Noon', amount: '5.00' }],
      }),
    );
    const both = 'query ($id: ID!) { resolvePrices(lines: [{ productId: $id, qty: 2 }]) { totalAmount } }';
    expect(await dataOf(anybody(), both, { id: productId })).toEqual({
      resolvePrices: { totalAmount: '30.00' },
    });
    const end = `mutation { endFlashSale(id: "${sale.saleId}") { status } }`;
    expect(codesOf(await ask(await shopper(), end))).toEqual(['FORBIDDEN']);
    expect(await dataOf(boss, end)).toEqual({ endFlashSale: { status: 'ENDED' } });
    await eventually(async () =>
      expect((await dataOf<Priced>(anybody(), PRICE, { id: productId })).product.price.amount).toBe('20.00'),
    );
  });

  it('are those of many products in one request', async () => {
    await priced('3.00');
    const query = '{ products(first: 20) { id inventory { available } price { amount } } }';
    const { products } = await dataOf<{ products: { price: unknown }[] }>(anybody(), query);
    expect(products.length).toBeGreaterThan(0);
    expect(products.filter(({ price }) => price === null)).toEqual([]);
  });

  it('are null for what is not for sale, and refused for what makes no sense', async () => {
    const { productId } = await priced('3.00');
    const absurd = 'query ($id: ID!) { product(id: $id) { price(qty: 0) { total } } }';
    expect(codesOf(await ask(anybody(), absurd, { id: productId }))).toEqual(['VALIDATION_FAILED']);
    const archive = 'mutation ($id: ID!) { archiveProduct(id: $id) { status } }';
    await dataOf(await admin(), archive, { id: productId });
    await eventually(async () =>
      expect(await dataOf(anybody(), PRICE, { id: productId })).toEqual({ product: { price: null } }),
    );
  });
});

describe('a cart', () => {
  it('is begun by a stranger, joined at login and becomes one order', async () => {
    const product = await priced('4.00');
    const { createCart } = await dataOf<Created>(anybody(), CREATE);
    const [cart, cartToken] = [createCart.cart.cartId, createCart.cartToken ?? ''];
    const guest = { ...anybody() };
    const withToken = (query: string, variables: object) =>
      guest.post('/graphql', { query, variables }, { headers: { 'cart-token': cartToken } });
    const added = await withToken(ADD, { cart, product: product.productId, qty: 2 });
    expect(added.body).toMatchObject({
      data: {
        addCartItem: {
          ...{ totalAmount: '8.00', currency: 'USD' },
          items: [{ qty: 2, total: '8.00', product: { name: 'Test goods' } }],
        },
      },
    });
    const client = httpClient(urlOf(), await token({ sub: unique('USER') }));
    const read = 'query ($cart: ID!) { cart(id: $cart) { status items { qty } order { status } } }';
    expect(codesOf(await ask(client, read, { cart }))).toEqual(['CART_NOT_FOUND']);
    const merge = 'mutation ($cart: ID!, $t: String!) { mergeCart(cartId: $cart, cartToken: $t) { userId } }';
    await dataOf(client, merge, { cart, t: cartToken });
    const checkout = `mutation ($cart: ID!) {
      checkoutCart(cartId: $cart) { orderId status totalAmount items { qty product { sku } } } }`;
    const { checkoutCart: order } = await eventually(() =>
      dataOf<{ checkoutCart: { orderId: string } }>(client, checkout, { cart }),
    );
    expect(order).toMatchObject({
      ...{ status: 'PENDING', totalAmount: '8.00' },
      items: [{ qty: 2, product: { sku: product.sku } }],
    });
    expect(await dataOf(client, read, { cart })).toEqual({
      cart: { status: 'CHECKED_OUT', items: [{ qty: 2 }], order: { status: 'PENDING' } },
    });
    expect(codesOf(await ask(client, checkout, { cart }))).toEqual(['CART_CHECKED_OUT']);
  });

  it('can be changed line by line, and refuses what it does not know', async () => {
    const product = await priced('2.00');
    const client = await shopper();
    const { createCart } = await dataOf<Created>(client, CREATE);
    const { cartId } = createCart.cart;
    interface Added {
      readonly addCartItem: { readonly items: readonly { readonly itemId: string }[] };
    }
    const { addCartItem } = await dataOf<Added>(client, ADD, {
      cart: cartId,
      ...{ product: product.productId, qty: 1 },
    });
    const [line] = addCartItem.items;
    const change = `mutation ($cart: ID!, $item: ID!) {
      changeCartItem(cartId: $cart, itemId: $item, qty: 3) { totalAmount }
      setCartShipping(cartId: $cart, address: { city: "Lisbon", line2: null }, method: "STANDARD") { shippingMethod }
      removeCartItem(cartId: $cart, itemId: $item) { items { qty } } }`;
    expect(await dataOf(client, change, { cart: cartId, item: line?.itemId })).toEqual({
      changeCartItem: { totalAmount: '6.00' },
      setCartShipping: { shippingMethod: 'STANDARD' },
      removeCartItem: { items: [] },
    });
    const code = 'mutation ($cart: ID!) { addCartCode(cartId: $cart, code: "NO-SUCH-CODE") { codes } }';
    expect(codesOf(await ask(client, code, { cart: cartId }))).toEqual(['CODE_NOT_APPLICABLE']);
    expect(codesOf(await ask(client, ADD, { cart: cartId, product: 'nothing', qty: 1 }))).toEqual([
      'UNKNOWN_PRODUCT',
    ]);
  });
});
