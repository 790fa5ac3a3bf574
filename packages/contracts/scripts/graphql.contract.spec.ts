import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { apiFile, compose, readSubgraphs, supergraphFile } from './emit-graphql.ts';
import { breakingApiChanges, brokenSinceRelease } from './graphql-changes.ts';

const subgraphs = readSubgraphs();
const committed = (path: string): string => readFileSync(path, 'utf8');
const api = committed(apiFile);

/** The client's schema after a change of one subgraph. */
function changed(name: string, ...replacements: readonly [from: string, to: string][]): string {
  const before = subgraphs.get(name) ?? '';
  const after = replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    return text.replace(from, to);
  }, before);
  return compose(new Map([...subgraphs, [name, after]])).api;
}

describe('the graph', () => {
  it('is composed of the subgraphs as they are', async () => {
    const options = { ...(await resolveConfig(apiFile)), filepath: apiFile };
    const composed = compose(subgraphs);
    expect(await format(composed.supergraph, options)).toBe(committed(supergraphFile));
    expect(await format(composed.api, options)).toBe(api);
  });

  it('breaks no query of the last release', () => {
    expect(brokenSinceRelease(api)).toEqual([]);
  });

  it.each<[string, [from: string, to: string][], string]>([
    [
      'product',
      [
        [
          '  sku: String!\n  name: String!\n  description: String\n  "Dec',
          '  sku: String!\n  description: String\n  "Dec',
        ],
      ],
      'Product.name was removed.',
    ],
    [
      'inventory',
      [['available: Int!\n  onHand: Int\n', 'available: String!\n  onHand: Int\n']],
      'InventoryInfo.available changed type',
    ],
    ['order', [['  EXPIRED\n', '']], 'EXPIRED was removed from enum type OrderStatus.'],
    [
      'order',
      [['order(id: ID!)', 'order(id: ID!, really: Boolean!)']],
      'required arg really on Query.order was added',
    ],
  ])('fails where %s breaks a query', (name, replacements, what) => {
    const broken = breakingApiChanges(api, changed(name, ...replacements));
    expect(broken.join('\n').toLowerCase()).toContain(what.toLowerCase());
  });

  it('takes what breaks nobody', () => {
    const more = changed('product', ['  sku: String!\n', '  sku: String!\n  brand: String\n']);
    expect(breakingApiChanges(api, more)).toEqual([]);
  });

  it('fails where two subgraphs mean different things by one name', () => {
    const clash = 'type InventoryInfo { available: String! }\nextend type Query { clash: InventoryInfo }\n';
    const product = `${subgraphs.get('product')}${clash}`;
    expect(() => compose(new Map([...subgraphs, ['product', product]]))).toThrow(/do not fit/);
  });

  it('shows clients nothing of how it is made', () => {
    const inside =
      /join__|@key|_entities|_service|_minor\b|store_id|\bselect\b|postgres|redis|kafka|projection|outbox|https?:/i;
    expect(api).not.toMatch(inside);
    expect(committed(supergraphFile)).toMatch(inside);
    const tables =
      /\b(products|order_items|orders_by_customer|inventory_stock|inventory_snapshot|product_summary|outbox|inbox)\b/;
    expect(api.replace('  products(filter', '').match(tables)).toBeNull();
  });
});
