import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { ask, codesOf, dataOf } from './graphql.fixture.ts';
import { goods, shopper } from './shop.fixture.ts';
import { admin, anybody, merchant, unique } from './stack.fixture.ts';

interface Kind {
  /** `Promotion` */
  readonly name: string;
  /** `promotionId` */
  readonly id: string;
  readonly create: object;
  readonly update: object;
  readonly selection: string;
  readonly created: object;
  readonly updated: object;
}

const window = { startsAt: '2040-01-01T00:00:00.000Z', endsAt: '2040-02-01T00:00:00.000Z' };
const code = unique('RULE');
const kinds: readonly Kind[] = [
  {
    ...{ name: 'Promotion', id: 'promotionId' },
    create: {
      ...{ name: 'Winter', ...window },
      conditions: { minQty: null, any: [{ segment: 'vip' }, { minSubtotal: '50.00', all: [{ minQty: 2 }] }] },
      effect: { type: 'TIERED', tiers: [{ minQty: 2, percent: '5', amount: null }] },
    },
    update: { priority: 7, endsAt: null, effect: { type: 'FIXED', amount: '3.00', percent: null } },
    selection:
      'name priority startsAt endsAt conditions { minQty any { segment minSubtotal all { minQty } } } effect { type amount tiers { minQty percent } }',
    created: {
      ...{ name: 'Winter', priority: 0, ...window },
      conditions: {
        minQty: null,
        any: [
          { segment: 'vip', minSubtotal: null, all: null },
          { segment: null, minSubtotal: '50.00', all: [{ minQty: 2 }] },
        ],
      },
      effect: { type: 'TIERED', amount: null, tiers: [{ minQty: 2, percent: '5' }] },
    },
    updated: { priority: 7, endsAt: null, effect: { type: 'FIXED', amount: '3.00', tiers: null } },
  },
  {
    ...{ name: 'DiscountCode', id: 'discountCodeId' },
    create: { code, type: 'FIXED', value: '2.50', usageLimit: 3, perCustomerLimit: null },
    update: { value: '3.00', usageLimit: null },
    selection: 'code type value usageLimit perCustomerLimit uses',
    created: { ...{ code, type: 'FIXED', value: '2.50' }, usageLimit: 3, perCustomerLimit: null, uses: 0 },
    updated: { value: '3.00', usageLimit: null },
  },
  {
    ...{ name: 'PriceList', id: 'priceListId' },
    create: {
      ...{ name: 'Wholesale', currency: 'USD', segment: code.toLowerCase() },
      prices: [{ productId: 'P-RULES', price: '10.50', minQty: null }],
    },
    update: { priority: 2, prices: [{ productId: 'P-RULES', price: '9.50', minQty: 10 }] },
    selection: 'name segment priority prices { productId price minQty }',
    created: {
      ...{ name: 'Wholesale', segment: code.toLowerCase(), priority: 0 },
      prices: [{ productId: 'P-RULES', price: '10.50', minQty: 1 }],
    },
    updated: { priority: 2, prices: [{ productId: 'P-RULES', price: '9.50', minQty: 10 }] },
  },
  {
    ...{ name: 'CurrencyRate', id: 'currencyRateId' },
    create: { from: 'ISK', to: 'DKK', rate: '0.0512', asOf: '2040-01-01T00:00:00.000Z' },
    update: { rate: '0.0520' },
    selection: 'from to rate asOf',
    created: { from: 'ISK', to: 'DKK', rate: '0.0512', asOf: '2040-01-01T00:00:00.000Z' },
    updated: { rate: '0.0520' },
  },
];

type Rule = Readonly<Record<string, unknown>> & { readonly version: number };

describe('rules of prices', () => {
  it.each(kinds)('$name: a merchant makes, changes, lists and removes it', async (kind) => {
    const { name, id: idField, selection } = kind;
    const one = name.charAt(0).toLowerCase() + name.slice(1);
    const staff = await merchant();
    const what = `${idField} version ${selection}`;
    const create = `mutation ($input: Create${name}Input!, $key: String) { made: create${name}(input: $input, idempotencyKey: $key) { ${what} } }`;
    const variables = { input: kind.create, key: unique('KEY') };
    const { made } = await dataOf<{ made: Rule }>(staff, create, variables);
    expect(made).toMatchObject({ version: 1, ...kind.created });
    expect(await dataOf(staff, create, variables)).toEqual({ made });
    const id = made[idField];
    const update = `mutation ($id: ID!, $input: Update${name}Input!, $seen: Int) { changed: update${name}(id: $id, input: $input, expectedVersion: $seen) { ${what} } }`;
    const change = { id, input: kind.update, seen: 1 };
    const { changed } = await dataOf<{ changed: Rule }>(staff, update, change);
    expect(changed).toEqual({ ...made, ...kind.updated, version: 2 });
    expect(codesOf(await ask(staff, update, change))).toEqual(['VERSION_CONFLICT']);
    const read = `query ($id: ID!) { ${one}(id: $id) { ${what} } }`;
    expect(await dataOf(staff, read, { id })).toEqual({ [one]: changed });
    expect(await listed(staff, one, what)).toContainEqual(changed);
    expect(codesOf(await ask(await shopper(), read, { id }))).toEqual(['FORBIDDEN']);
    const remove = `mutation ($id: ID!) { gone: delete${name}(id: $id) }`;
    expect(await dataOf(staff, remove, { id })).toEqual({ gone: id });
    const [refusal] = codesOf(await ask(staff, read, { id }));
    expect(refusal).toMatch(/_NOT_FOUND$/);
  });

  it('a flash sale can be changed before it begins', async () => {
    const [boss, product] = [await admin(), await goods()];
    const input = { name: 'Night', productIds: [product.productId], discountPercent: 10, ...window };
    const create =
      'mutation ($input: CreateFlashSaleInput!) { createFlashSale(input: $input) { saleId version } }';
    const { createFlashSale: sale } = await eventually(() =>
      dataOf<{ createFlashSale: { saleId: string } }>(boss, create, { input }),
    );
    const update = `mutation ($id: ID!) { updateFlashSale(id: $id, input: { price: "5.00", name: null }, expectedVersion: 1) { name price discountPercent } }`;
    expect(await dataOf(boss, update, { id: sale.saleId })).toEqual({
      updateFlashSale: { name: 'Night', price: '5.00', discountPercent: null },
    });
    expect(codesOf(await ask(boss, update, { id: sale.saleId }))).toEqual(['VERSION_CONFLICT']);
    const read = `{ flashSale(id: "${sale.saleId}") { status price } }`;
    expect(await dataOf(anybody(), read)).toEqual({ flashSale: { status: 'SCHEDULED', price: '5.00' } });
    await dataOf(boss, `mutation { endFlashSale(id: "${sale.saleId}") { status } }`);
  });
});

/** Walks all pages, as other tests keep rules, too; longer ones would cost too much with conditions of conditions. */
async function listed(staff: HttpClient, one: string, what: string): Promise<Rule[]> {
  interface Page {
    readonly items: readonly Rule[];
    readonly nextCursor: string | null;
  }
  const query = `query ($after: String) { page: ${one}s(first: 15, after: $after) { items { ${what} } nextCursor } }`;
  const found: Rule[] = [];
  let after: string | null = null;
  do {
    const { page }: { page: Page } = await dataOf(staff, query, { after });
    found.push(...page.items);
    after = page.nextCursor;
  } while (after !== null);
  return found;
}

describe('stock', () => {
  it('is held, sold and given back, and what runs low is listed', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 10 })];
    const place = `storeId: "STORE-1", sku: "${product.sku}"`;
    const hold = (qty: number) =>
      dataOf<{ reserveStock: { reservationId: string } }>(
        staff,
        `mutation { reserveStock(${place}, qty: ${qty}) { reservationId state lines { qty product { name } } } }`,
      );
    const [{ reserveStock: sold }, { reserveStock: kept }] = [await hold(6), await hold(3)];
    expect(sold).toMatchObject({ state: 'HELD', lines: [{ qty: 6, product: { name: 'Test goods' } }] });
    const after = `mutation {
      confirmReservation(id: "${sold.reservationId}") { state }
      releaseReservation(id: "${kept.reservationId}") { state }
      setStock(${place}, input: { productId: "${product.productId}", onHand: 4, reorderPoint: 5 }) { available } }`;
    expect(await dataOf(staff, after)).toEqual({
      confirmReservation: { state: 'COMMITTED' },
      releaseReservation: { state: 'RELEASED' },
      setStock: { available: 4 },
    });
    const read = `{ stock(${place}) { onHand reserved } reservation(id: "${sold.reservationId}") { state } }`;
    expect(await dataOf(staff, read)).toEqual({
      ...{ stock: { onHand: 4, reserved: 0 }, reservation: { state: 'COMMITTED' } },
    });
    expect(codesOf(await ask(await shopper(), read))).toEqual(['FORBIDDEN']);
    const low =
      '{ lowStock(first: 1) { items { sku } } reorder(first: 1) { items { suggestedQty stock { sku } } } }';
    const { lowStock, reorder } = await dataOf<{
      lowStock: { items: { sku: string }[] };
      reorder: { items: { suggestedQty: number; stock: { sku: string } }[] };
    }>(staff, low);
    expect(reorder.items[0]?.stock).toEqual(lowStock.items[0]);
    expect(reorder.items[0]?.suggestedQty).toBeGreaterThan(0);
    expect(codesOf(await ask(await shopper(), low))).toEqual(['FORBIDDEN']);
  });
});
