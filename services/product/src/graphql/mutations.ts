import type { ProductBody } from '#product/representation.ts';
import type { ProductContext } from './context.ts';

interface Attribute {
  readonly name: string;
  readonly value: string;
}

export interface ProductInput {
  readonly attributes?: readonly Attribute[] | null;
}

const PRODUCTS = '/api/v1/products';
const pathOf = (id: string): string => `${PRODUCTS}/${encodeURIComponent(id)}`;

/** GraphQL has no maps. */
const bodyOf = ({ attributes, ...input }: ProductInput): object => ({
  ...input,
  ...(attributes
    ? { attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])) }
    : {}),
});

/** Each is its REST route, in GraphQL's clothes. */
export const productMutations = {
  createProduct: (
    _: unknown,
    { input, idempotencyKey }: { input: ProductInput; idempotencyKey?: string | null },
    { rest }: ProductContext,
  ) => rest<ProductBody>('POST', PRODUCTS, { input: bodyOf(input), idempotencyKey }),

  updateProduct: (
    _: unknown,
    { id, input, expectedVersion }: { id: string; input: ProductInput; expectedVersion?: number | null },
    { rest }: ProductContext,
  ) =>
    rest<ProductBody>('PATCH', pathOf(id), {
      input: bodyOf(input),
      ...(expectedVersion ? { body: { expectedVersion } } : {}),
      nulls: 'kept',
    }),

  async archiveProduct(
    _: unknown,
    { id, expectedVersion }: { id: string; expectedVersion?: number | null },
    { rest }: ProductContext,
  ) {
    await rest('DELETE', pathOf(id), { ifMatch: expectedVersion });
    return rest<ProductBody>('GET', pathOf(id));
  },

  changeProductPrice: (
    _: unknown,
    { id, ...body }: { id: string; price: string; currency?: string | null; expectedVersion?: number | null },
    { rest }: ProductContext,
  ) => rest<ProductBody>('PUT', `${pathOf(id)}/price`, { body }),
};
