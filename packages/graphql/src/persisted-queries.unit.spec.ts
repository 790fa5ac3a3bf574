import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { persistedQueries } from './persisted-queries.ts';

const query = '{ product(id: 1) { name } }';
const sha256Hash = createHash('sha256').update(query).digest('hex');
const extensions = { persistedQuery: { sha256Hash } };
const code = (run: () => unknown) => {
  try {
    return run();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('persisted queries', () => {
  it('are learned from the first request that brings one', () => {
    const { queryOf } = persistedQueries();
    expect(code(() => queryOf({ extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(queryOf({ query, extensions })).toBe(query);
    expect(queryOf({ extensions })).toBe(query);
    expect(queryOf({ query: '{ other }' })).toBe('{ other }');
  });

  it('are not learned under another hash', () => {
    const { queryOf } = persistedQueries();
    expect(code(() => queryOf({ query: '{ evil }', extensions }))).toBe('PERSISTED_QUERY_MISMATCH');
    expect(code(() => queryOf({ extensions }))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });

  it('may be all that is allowed, by hash or in full', () => {
    const { queryOf } = persistedQueries([query]);
    expect(queryOf({ extensions })).toBe(query);
    expect(queryOf({ query })).toBe(query);
    expect(queryOf({ query, extensions })).toBe(query);
    expect(code(() => queryOf({ query: '{ other }' }))).toBe('QUERY_NOT_ALLOWED');
    expect(code(() => queryOf({ query: '{ other }', extensions }))).toBe('QUERY_NOT_ALLOWED');
    expect(code(() => queryOf({}))).toBe('QUERY_NOT_ALLOWED');
  });
});
