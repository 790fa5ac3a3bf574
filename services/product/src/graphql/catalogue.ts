import type { ProductContext } from './context.ts';
import { sortings } from './sortings.ts';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

export interface Keyed {
  readonly idempotencyKey?: string | null;
}

export interface SearchArguments extends PageArguments {
  readonly q: string;
  readonly locale?: string | null;
  readonly categoryId?: string | null;
  readonly inventoryStatus?: string | null;
  readonly currency?: string | null;
  readonly minPrice?: string | null;
  readonly maxPrice?: string | null;
  readonly attributes?: readonly string[] | null;
  readonly sort?: keyof typeof sortings | null;
}

export interface Named {
  readonly id: string;
}

/** Something that others may have changed since it was seen. */
export interface Seen extends Named {
  readonly expectedVersion?: number | null;
}

export interface NewCategory extends Keyed {
  readonly name: string;
  readonly parentId?: string | null;
}

export interface Input {
  readonly input: object;
}

export interface NewTranslation extends Named {
  readonly locale: string;
  readonly name: string;
}

const PRODUCTS = '/api/v1/products';
const CATEGORIES = '/api/v1/categories';
const COLLECTIONS = '/api/v1/collections';
const at = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

const one =
  (path: string) =>
  (_: unknown, { id }: Named, { rest, storeId }: ProductContext) =>
    rest('GET', at(path, id), { query: { store: storeId } });

/** Each is its REST route, in GraphQL's clothes: the catalogue around the products. */
export const catalogueQueries = {
  searchProducts: (
    _: unknown,
    { attributes, sort, first, after, ...search }: SearchArguments,
    { rest, storeId }: ProductContext,
  ) =>
    rest('GET', `${PRODUCTS}/search`, {
      query: {
        ...search,
        ...{ store: storeId, attribute: attributes, sort: sort && sortings[sort] },
        ...{ limit: first, cursor: after },
      },
    }),
  suggestProducts: async (
    _: unknown,
    { q, first }: Pick<SearchArguments, 'q' | 'first'>,
    { rest, storeId }: ProductContext,
  ) =>
    (
      await rest<{ items: unknown[] }>('GET', `${PRODUCTS}/search/suggest`, {
        query: { store: storeId, q, limit: first },
      })
    ).items,
  productPriceHistory: (
    _: unknown,
    { id, first, after }: Named & PageArguments,
    { rest, storeId }: ProductContext,
  ) =>
    rest('GET', `${at(PRODUCTS, id)}/price-history`, {
      query: { store: storeId, limit: first, cursor: after },
    }),
  productTranslations: async (_: unknown, { id }: Named, { rest, storeId }: ProductContext) => {
    const query = { store: storeId };
    return (await rest<{ items: unknown[] }>('GET', `${at(PRODUCTS, id)}/translations`, { query })).items;
  },
  categories: (
    _: unknown,
    { parentId, first, after }: PageArguments & { parentId?: string | null },
    { rest, storeId }: ProductContext,
  ) => rest('GET', CATEGORIES, { query: { store: storeId, parentId, limit: first, cursor: after } }),
  category: one(CATEGORIES),
  collection: one(COLLECTIONS),
};

export const catalogueMutations = {
  setProductTranslation: (_: unknown, { id, locale, ...body }: NewTranslation, { rest }: ProductContext) =>
    rest('PUT', at(`${at(PRODUCTS, id)}/translations`, locale), { body }),
  createCategory: (_: unknown, { idempotencyKey, ...body }: NewCategory, { rest }: ProductContext) =>
    rest('POST', CATEGORIES, { body, idempotencyKey }),
  updateCategory: (_: unknown, { id, input, expectedVersion }: Seen & Input, { rest }: ProductContext) =>
    rest('PATCH', at(CATEGORIES, id), { input, ifMatch: expectedVersion, nulls: 'kept' }),
  async deleteCategory(_: unknown, { id, expectedVersion }: Seen, { rest }: ProductContext) {
    await rest('DELETE', at(CATEGORIES, id), { ifMatch: expectedVersion });
    return id;
  },
  createCollection: (_: unknown, { input, idempotencyKey }: Input & Keyed, { rest }: ProductContext) =>
    rest('POST', COLLECTIONS, { input, idempotencyKey }),
  replaceCollection: (_: unknown, { id, input, expectedVersion }: Seen & Input, { rest }: ProductContext) =>
    rest('PUT', at(COLLECTIONS, id), { input, ifMatch: expectedVersion }),
};
