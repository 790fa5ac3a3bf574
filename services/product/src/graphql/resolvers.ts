import { productError } from '#errors.ts';
import type { ProductBody } from '#product/representation.ts';
import { catalogueMutations, catalogueQueries } from './catalogue.ts';
import { productMutations } from './mutations.ts';
import type { ProductContext } from './context.ts';
import { sortings } from './sortings.ts';

/** A product of a list knows less than one that was asked for by its id; the rest is loaded when a query wants it. */
export type Known = Pick<ProductBody, 'productId'> & Partial<ProductBody>;

interface ListArguments {
  readonly filter?: Readonly<Record<string, string | null>> | null;
  readonly sort?: keyof typeof sortings | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

interface Page {
  readonly items: readonly Known[];
  readonly nextCursor: string | null;
}

/** The REST list: its page cache, its checks of what is asked for. */
const list = (
  { rest, storeId }: ProductContext,
  { filter, sort, first, after }: ListArguments,
): Promise<Page> =>
  rest<Page>('GET', '/api/v1/products', {
    filter,
    query: { store: storeId, sort: sort && sortings[sort], limit: first, cursor: after },
  });

async function loaded({ productId }: Known, { products }: ProductContext): Promise<ProductBody> {
  const product = await products.load(productId);
  if (!product) throw productError('PRODUCT_NOT_FOUND');
  return product;
}

/** A field that every way to a product knows, or one that has to be loaded first. */
const field =
  <Name extends keyof ProductBody>(name: Name) =>
  async (known: Known, _: unknown, context: ProductContext): Promise<ProductBody[Name]> =>
    known[name] === undefined ? (await loaded(known, context))[name] : (known as ProductBody)[name];

const attributesOf = field('attributes');

export const resolvers = {
  Query: {
    product: (_: unknown, { id }: { id: string }, context: ProductContext) =>
      loaded({ productId: id }, context),
    products: async (_: unknown, args: ListArguments, context: ProductContext) =>
      (await list(context, args)).items,
    productPage: (_: unknown, args: ListArguments, context: ProductContext) => list(context, args),
    ...catalogueQueries,
  },
  Mutation: { ...productMutations, ...catalogueMutations },
  Collection: {
    products: ({ productIds }: { productIds: readonly string[] }, _: unknown, { products }: ProductContext) =>
      Promise.all(productIds.map((id) => products.load(id))),
  },
  Product: {
    __resolveReference: ({ id }: { id: string }, { products }: ProductContext) => products.load(id),
    id: ({ productId }: Known) => productId,
    sku: field('sku'),
    name: field('name'),
    description: field('description'),
    listPrice: field('price'),
    currency: field('currency'),
    categoryId: field('categoryId'),
    images: field('images'),
    status: field('status'),
    version: field('version'),
    createdAt: field('createdAt'),
    updatedAt: field('updatedAt'),
    attributes: async (known: Known, args: unknown, context: ProductContext) =>
      Object.entries(await attributesOf(known, args, context)).map(([name, value]) => ({ name, value })),
  },
};
