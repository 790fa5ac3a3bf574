import { projection } from '@tradewind/outbox/projection.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import { describe, expect, it } from 'vitest';
import { bodyOfIndex, documentOf, indexOf, outcomesOf, partsOf } from './opensearch-documents.ts';

const things = projection<{ thing_id: string }>({
  name: 'things',
  topics: ['things'],
  key: 'thing_id',
  keyOf: (event) => event.partitionKey,
  evolve: (row) => row,
  store: {
    kind: 'opensearch',
    opensearch: {
      settings: { refresh_interval: '1s' },
      mappings: { properties: { name: { type: 'text' } } },
    },
  },
});
const row = (more: object = {}): StoredRow => ({
  versions: { b: 1, a: 2 },
  thing_id: 'T',
  store_id: 'S',
  ...more,
});

describe('documents of OpenSearch', () => {
  it('are the same bytes whatever the order of what they say', () => {
    const [, first] = documentOf(things, { before: undefined, after: row({ name: 'x' }) }, undefined).lines;
    const after = { name: 'x', store_id: 'S', thing_id: 'T', versions: { a: 2, b: 1 } };
    expect(documentOf(things, { before: undefined, after }, undefined).lines[1]).toBe(first);
  });

  it('are made where there was none, and changed only as they were loaded', () => {
    const change = { before: row(), after: row() };
    expect(documentOf(things, change, undefined)).toMatchObject({
      id: 'S/T',
      lines: [{ create: { _id: 'S/T' } }, {}],
    });
    expect(documentOf(things, change, { seqNo: 7, primaryTerm: 2 }).lines[0]).toEqual({
      index: { _id: 'S/T', if_seq_no: 7, if_primary_term: 2 },
    });
  });

  it('go in parts of a size, each at least one', () => {
    const document = (text: string) => ({ id: text, key: text, lines: [{}, text] as const });
    const of = (texts: string[]) =>
      partsOf(texts.map(document), 3, 10).map((part) => part.map(({ key }) => key));
    expect(of(['aaaa', 'bbbb', 'cccc', 'd', 'e', 'f'])).toEqual([
      ['aaaa', 'bbbb'],
      ['cccc', 'd', 'e'],
      ['f'],
    ]);
    expect(of(['x'.repeat(20), 'y'])).toEqual([['x'.repeat(20)], ['y']]);
    expect(of([])).toEqual([]);
  });

  it('lie in an index that takes nothing unknown', () => {
    const { alias } = indexOf('shop', things, 3);
    expect(alias).toBe('shop-things-v3-rows');
    expect(bodyOfIndex(things, alias)).toMatchObject({
      settings: { refresh_interval: '1s' },
      mappings: { dynamic: 'strict', properties: { name: { type: 'text' }, thing_id: { type: 'keyword' } } },
      aliases: { [alias]: {} },
    });
    expect(() => indexOf('Shop*', things, 1)).toThrow('bad index');
  });

  it('tell what became of each', () => {
    const error = (type: string) => ({ type, reason: `${type}!` });
    const items = [
      { index: { status: 200 } },
      { index: { status: 409, error: error('version_conflict_engine_exception') } },
      { create: { status: 400, error: error('mapper_parsing_exception') } },
      { create: { status: 404, error: error('index_not_found_exception') } },
      { create: { status: 429, error: error('rejected_execution_exception') } },
    ];
    expect(outcomesOf({ errors: true, items })).toEqual([
      { kind: 'written' },
      { kind: 'changed' },
      { kind: 'refused', reason: 'mapper_parsing_exception!' },
      { kind: 'lost' },
      { kind: 'busy' },
    ]);
  });
});
