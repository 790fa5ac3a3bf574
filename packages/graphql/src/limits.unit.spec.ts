import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { exceeded } from './limits.ts';

const schema = buildSchema(`
  type Query { product: Product products(first: Int = 20): [Product!]! page(first: Int = 20): ProductPage _entities(representations: [String!]!): [Product] }
  type ProductPage { items: [Product!]! }
  type Product { id: ID! name: String inventory: Inventory related: [Product!]! }
  type Inventory { available: Int product: Product }
`);
const NONE = { tokens: 0, depth: 0, aliases: -1, cost: -1 };

/** What a query weighs, read off the refusals of a schema that allows nothing. */
function weightOf(query: string, variables: Record<string, unknown> = {}) {
  const errors = exceeded(schema, parse(query), variables, NONE);
  const numbers = errors.map(({ message, extensions }) => [
    extensions['code'],
    Number(/\d[\d.e+]*/.exec(message)?.[0]),
  ]);
  const by = Object.fromEntries(numbers) as Record<string, number>;
  return {
    depth: by['QUERY_TOO_DEEP'],
    aliases: by['QUERY_TOO_MANY_ALIASES'],
    cost: by['QUERY_TOO_COSTLY'],
  };
}

describe('the weight of a query', () => {
  it.each<[string, object]>([
    ['{ product { id } }', { depth: 2, aliases: 0, cost: 1 }],
    ['{ product { inventory { available } } }', { depth: 3, aliases: 0, cost: 2 }],
    ['{ products(first: 5) { id inventory { available } } }', { depth: 3, aliases: 0, cost: 10 }],
    ['{ products { id } }', { depth: 2, aliases: 0, cost: 20 }],
    ['{ page(first: 7) { items { id } } }', { depth: 3, aliases: 0, cost: 14 }],
    ['{ product { related { id } } }', { depth: 3, aliases: 0, cost: 11 }],
    ['{ a: product { b: id } c: product { id } }', { depth: 2, aliases: 3, cost: 2 }],
    ['{ ...f } fragment f on Query { product { ... on Product { id } } }', { depth: 2, cost: 1 }],
    ['{ products(first: 1000000) { id } }', { depth: 2, cost: 100 }],
    ['{ __schema { types { fields { type { ofType { name } } } } } product { id } }', { depth: 2, cost: 1 }],
  ])('%s', (query, weight) => {
    expect(weightOf(query)).toMatchObject(weight);
  });

  it.each([[{ toString: 'x' }], [[[]]], ['many'], [Number.NaN]])(
    'takes %j for the longest list there is, as it is no length',
    (n) => {
      const query = 'query ($n: Int) { products(first: $n) { id } }';
      expect(weightOf(query, { n }).cost).toBe(100);
    },
  );

  it('knows how long a list a variable asks for', () => {
    const query = 'query ($n: Int) { products(first: $n) { id } }';
    expect(weightOf(query, { n: 3 }).cost).toBe(3);
    expect(weightOf(query).cost).toBe(20);
    expect(weightOf(query, { n: 'many' }).cost).toBe(100);
  });

  it('counts the entities that a gateway asks for', () => {
    const query = 'query ($r: [String!]!) { _entities(representations: $r) { id } }';
    expect(weightOf(query, { r: ['a', 'b', 'c'] }).cost).toBe(3);
  });

  it('is found at once where fragments double from one to the next', () => {
    const bomb = Array.from(
      { length: 60 },
      (_, at) =>
        `fragment f${at} on Product { related { ...f${at + 1} } inventory { product { ...f${at + 1} } } }`,
    );
    const started = performance.now();
    const { cost } = weightOf(`{ product { ...f0 } } ${bomb.join(' ')} fragment f60 on Product { id }`);
    expect(cost).toBeGreaterThan(1e30);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('is allowed up to the limit itself', () => {
    const at = (cost: number) =>
      exceeded(schema, parse('{ products { id } }'), {}, { tokens: 9, depth: 2, aliases: 0, cost });
    expect(at(20)).toEqual([]);
    expect(at(19)).toHaveLength(1);
  });
});
