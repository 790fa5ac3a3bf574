import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits.ts';
import { createOperations } from './operations.ts';

const schema = buildSchema('type Query { product(id: ID!): String _service: String }');
const operations = (introspection: boolean) =>
  createOperations(schema, { limits: { ...LIMITS, tokens: 20 }, introspection });

const refused = (query: string, introspection = false) =>
  operations(introspection)(query, {}).errors?.map(({ message, extensions }) => [
    extensions['code'],
    message,
  ]);

describe('operations', () => {
  it('are remembered once they are valid', () => {
    const check = operations(false);
    const { document } = check('{ product(id: 1) }', {});
    expect(document).toBeDefined();
    expect(check('{ product(id: 1) }', {}).document).toBe(document);
  });

  it.each([
    ['{ product(id: 1)', 'GRAPHQL_PARSE_FAILED'],
    ['{ product }', 'GRAPHQL_VALIDATION_FAILED'],
    [`{ ${'product(id: 1) '.repeat(5)} }`, 'QUERY_TOO_LONG'],
    ['{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ _service }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('are refused with a code: %s', (query, code) => {
    expect(refused(query)?.[0]?.[0]).toBe(code);
  });

  it('tell the schema only where introspection is on', () => {
    expect(refused('{ __schema { types { name } } }', true)).toBeUndefined();
    expect(refused('{ prodct(id: 1) }', true)?.[0]?.[1]).toContain('Did you mean "product"');
    expect(refused('{ prodct(id: 1) }')?.[0]?.[1]).toBe('Cannot query field "prodct" on type "Query".');
  });
});
