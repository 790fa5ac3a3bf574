import { buildSchema, execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { tellErrors } from './errors.ts';

const schema = buildSchema('type Query { text(key: String, first: Int): String }');
const request = { url: '/graphql', log: { error: () => undefined } } as unknown as Parameters<
  typeof tellErrors
>[1];

async function codesOf(query: string, variableValues: Record<string, unknown>, text: unknown = 'x') {
  const { errors = [] } = await execute({
    schema,
    document: parse(query),
    variableValues,
    rootValue: { text },
  });
  return tellErrors(errors, request).map(({ extensions }) => extensions?.['code']);
}

it.each([
  ['query ($key: String) { text(key: $key) }', { key: ['a', 'b'] }],
  ['query ($first: Int) { text(first: $first) }', { first: 'x' }],
  ['query ($key: String!) { text(key: $key) }', {}],
])("a variable that does not fit its type is the client's mistake: %s %j", async (query, variables) => {
  expect(await codesOf(query, variables)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
});

it('an answer that does not fit its type is ours', async () => {
  expect(await codesOf('{ text }', {}, { no: 'text' })).toEqual(['INTERNAL']);
});
