import type { PricingContext } from './context.ts';

/** Rules that have the same five routes: what one of them is called, many of them, and where they are kept. */
const kinds = [
  { one: 'Promotion', many: 'promotions', path: '/api/v1/promotions' },
  { one: 'DiscountCode', many: 'discountCodes', path: '/api/v1/discount-codes' },
  { one: 'PriceList', many: 'priceLists', path: '/api/v1/price-lists' },
  { one: 'CurrencyRate', many: 'currencyRates', path: '/api/v1/currency-rates' },
] as const;

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

export interface OneRule {
  readonly id: string;
  readonly expectedVersion?: number | null;
}

export interface NewRule {
  readonly input: object;
  readonly idempotencyKey?: string | null;
}

/** Each is its REST route, in GraphQL's clothes. */
function fieldsOf({ one, many, path }: (typeof kinds)[number]) {
  const at = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  return {
    query: {
      [many]: (_: unknown, { first, after }: PageArguments, { rest }: PricingContext) =>
        rest('GET', path, { query: { limit: first, cursor: after } }),
      [one.charAt(0).toLowerCase() + one.slice(1)]: (_: unknown, { id }: OneRule, { rest }: PricingContext) =>
        rest('GET', at(id)),
    },
    mutation: {
      [`create${one}`]: (_: unknown, { input, idempotencyKey }: NewRule, { rest }: PricingContext) =>
        rest('POST', path, { input, idempotencyKey }),
      [`update${one}`]: (
        _: unknown,
        { id, input, expectedVersion }: OneRule & NewRule,
        { rest }: PricingContext,
      ) => rest('PATCH', at(id), { input, ifMatch: expectedVersion, nulls: 'kept' }),
      async [`delete${one}`](_: unknown, { id, expectedVersion }: OneRule, { rest }: PricingContext) {
        await rest('DELETE', at(id), { ifMatch: expectedVersion });
        return id;
      },
    },
  };
}

const fields = kinds.map(fieldsOf);

export const ruleQueries = Object.fromEntries(fields.flatMap(({ query }) => Object.entries(query)));
export const ruleMutations = Object.fromEntries(fields.flatMap(({ mutation }) => Object.entries(mutation)));
