import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { requestFrom } from './graphql-documents.ts';
import { knownValues } from './known-values.ts';

const schema = buildSchema(
  readFileSync(new URL('../../schemas/graphql/api.graphql', import.meta.url), 'utf8'),
);
const known = knownValues();
known.learn({ productId: 'P1', cartId: 'C1' });

it('documents are valid by the schema, and reach queries and mutations', () => {
  const roots = new Set<string>();
  const numbers = fc.array(fc.nat({ max: 100_000 }), { minLength: 20, maxLength: 80 });
  const property = fc.property(numbers, (drawn) => {
    const { query, variables } = requestFrom(schema, drawn, known);
    expect(validate(schema, parse(query)), query).toEqual([]);
    for (const name of query.matchAll(/\$(v\d+):/g)) expect(variables).toHaveProperty(name[1] ?? '');
    roots.add(query.split(' ')[0] ?? '');
  });
  fc.assert(property, { seed: 7, numRuns: 300 });
  expect([...roots].toSorted()).toEqual(['mutation', 'query']);
});

it('the same numbers make the same request', () => {
  const numbers = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9];
  expect(requestFrom(schema, numbers, known)).toEqual(requestFrom(schema, numbers, known));
});
