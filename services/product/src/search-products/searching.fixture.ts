import { fc } from '@fast-check/vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { expect, it } from 'vitest';
import { SEPARATOR } from './attribute-pairs.ts';
import { facetsOf, type Matches, priceRanges, type Search } from './found.ts';
import { heardOf } from './input.ts';
import { type Item, rowOf, type SearchBench } from './search.fixture.ts';

const shop: readonly Item[] = [
  { id: 'P1', name: 'Red coffee mug', categoryId: 'kitchen', available: 9, attributes: { color: 'red' } },
  {
    id: 'P2',
    name: 'Blue plate',
    categoryId: 'kitchen',
    description: 'Goes with every mug.',
    priceMinor: 400,
  },
  {
    id: 'P3',
    name: 'Mechanical keyboard',
    sku: 'KB-700',
    categoryId: 'desk',
    priceMinor: 9900,
    available: 2,
  },
  { id: 'P4', name: 'Mechanical keyboards, two', categoryId: 'desk', priceMinor: 17900 },
  { id: 'P5', name: 'Mug', categoryId: null, attributes: { color: 'blue' }, priceMinor: 2500 },
  { id: 'P6', name: 'Old mug', status: 'ARCHIVED' },
  {
    id: 'P7',
    name: 'Rote Tasse',
    categoryId: 'kitchen',
    description: 'Für Kaffee und Tee, zwei Häuser weit bekannt.',
  },
];

const WITHIN = { within: 30_000 };

/** What a search promises, wherever the index stands. */
export function searching(bench: () => SearchBench): void {
  /** A tenant with products that can be found. */
  async function tenantWith(items: readonly Item[]): Promise<string> {
    const storeId = bench().tenant();
    await bench().put(storeId, items);
    const last = items.findLast(({ status }) => status !== 'ARCHIVED');
    if (last !== undefined)
      await eventually(async () => expect(await idsOf(storeId, { q: last.name })).toContain(last.id), WITHIN);
    return storeId;
  }
  const find = async (storeId: string, search: Partial<Search> & { q: string }) =>
    (await bench().search(storeId, search)).body;
  const idsOf = async (storeId: string, search: Partial<Search> & { q: string }) =>
    (await find(storeId, search)).items.map(({ productId }) => productId);
  const sorted = async (storeId: string, search: Partial<Search> & { q: string }) =>
    (await idsOf(storeId, search)).sort();

  it('finds words, their forms, typos, synonyms, starts and SKUs, in names and in what is said of them', async () => {
    const storeId = await tenantWith(shop);
    expect(await sorted(storeId, { q: 'keyboard' })).toEqual(['P3', 'P4']);
    expect(await sorted(storeId, { q: 'keybord' })).toEqual(['P3', 'P4']);
    expect(await sorted(storeId, { q: 'plates' })).toEqual(['P2']);
    expect(await sorted(storeId, { q: 'mug' })).toEqual(['P1', 'P2', 'P5']);
    expect(await sorted(storeId, { q: 'beaker' })).toEqual(['P1', 'P2', 'P5']);
    expect(await sorted(storeId, { q: 'red cup' })).toEqual(['P1']);
    expect(await sorted(storeId, { q: 'mechan' })).toEqual(['P3', 'P4']);
    expect(await sorted(storeId, { q: 'kb-700' })).toEqual(['P3']);
    expect(await sorted(storeId, { q: 'becher', locale: 'de' })).toEqual(['P7']);
    expect(await sorted(storeId, { q: 'haus', locale: 'de' })).toEqual(['P7']);
    expect(await sorted(storeId, { q: 'zzzzqqqq' })).toEqual([]);
    expect(await sorted(storeId, { q: `'" & | ! : * % _ \\` })).toEqual([]);
  });

  it('puts the very name first, then names, then what is said of products', async () => {
    const storeId = await tenantWith(shop);
    expect(await idsOf(storeId, { q: 'mug' })).toEqual(['P5', 'P1', 'P2']);
  });

  it('keeps tenants apart in what is found, counted and suggested', async () => {
    const storeId = await tenantWith(shop);
    const other = await tenantWith([{ id: 'P1', name: 'Mug of another tenant', categoryId: 'elsewhere' }]);
    expect(await find(other, { q: 'mug' })).toMatchObject({
      total: 1,
      facets: { categories: [{ categoryId: 'elsewhere', count: 1 }] },
    });
    expect((await find(storeId, { q: 'mug' })).total).toBe(3);
    const { body } = await bench().products.suggest(other, 'mu', 10);
    expect(body.items).toEqual([{ text: 'Mug of another tenant', productId: 'P1' }]);
  });

  it('suggests names that begin with a text before those that have such a word, each once', async () => {
    const storeId = await tenantWith([...shop, { id: 'P8', name: 'Mug' }]);
    const texts = async (text: string) =>
      (await bench().products.suggest(storeId, text, 10)).body.items.map((one) => one.text);
    expect(await texts('mu')).toEqual(['Mug', 'Red coffee mug']);
    expect(await texts('Red cof')).toEqual(['Red coffee mug']);
    expect(await texts('keybo')).toEqual(['Mechanical keyboard', 'Mechanical keyboards, two']);
    expect(await texts('coffe mu')).toEqual(['Red coffee mug']);
    expect(await texts('% & :*')).toEqual([]);
  });

  it.each(['relevance', 'price', '-price', 'createdAt', '-createdAt', 'name', '-name'] as const)(
    'shows each product once over all pages, sorted by %s',
    async (sort) => {
      const items = Array.from({ length: 11 }, (_, at) => ({
        id: `P${at % 2 ? 'a' : 'b'}${at}`,
        name: at % 3 ? 'Cup' : `Cup ${at}`,
        priceMinor: (at % 4) * 100,
        createdAt: new Date(Date.UTC(2026, 0, 1 + (at % 5))),
      }));
      const storeId = await tenantWith(items);
      const all = await idsOf(storeId, { q: 'cup', sort });
      expect(all).toHaveLength(items.length);
      const walked: string[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await bench().search(storeId, { q: 'cup', sort, limit: 3 }, cursor);
        walked.push(...body.items.map(({ productId }) => productId));
        cursor = body.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(walked).toEqual(all);
      if (!sort.endsWith('price')) return;
      const price = (id: string) => items.find((item) => item.id === id)?.priceMinor ?? 0;
      const prices = all.map(price);
      expect(prices).toEqual([...prices].sort((a, b) => (sort === 'price' ? a - b : b - a)));
    },
  );

  it('takes the longest text that is heard, whatever its words', async () => {
    const storeId = await tenantWith(shop);
    for (const q of ['abcd-'.repeat(40), 'keybord '.repeat(25), 'a b '.repeat(50), '\u4e2d'.repeat(200)]) {
      expect((await find(storeId, { q: heardOf(q) })).total).toBe(q.startsWith('key') ? 2 : 0);
      await bench().products.suggest(storeId, heardOf(q), 5);
    }
  });

  it("does not take another order's cursor", async () => {
    const storeId = await tenantWith(shop);
    const { body } = await bench().search(storeId, { q: 'mug', limit: 1 });
    const other = bench().search(storeId, { q: 'mug', sort: 'price' }, body.nextCursor ?? '');
    await expect(other).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('counts as one would by hand, whatever is filtered', async () => {
    const items = fc
      .sample(itemOf, { numRuns: 120, seed: 7 })
      .map((item, at) => ({ ...item, id: `P${100 + at}` }));
    const storeId = await tenantWith([...items, { id: 'P999', name: 'lantern' }]);
    const all = [...items, { id: 'P999', name: 'lantern' }];
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const search = { locale: 'en', sort: 'relevance', limit: 100, ...filter } as Search;
        const { items: found, total, facets } = await find(storeId, search);
        const expected = byHand(storeId, all, search);
        expect(facets).toEqual(facetsOf(expected));
        expect(total).toBe(expected.total);
        expect(found.map(({ productId }) => productId).sort()).toEqual(
          expected.rows.map(({ row }) => row.productId).sort(),
        );
      }),
      { numRuns: 40, seed: 7 },
    );
  });
}

// No word is a typo, a form or the start of another one.
const itemOf = fc.record({
  id: fc.constant(''),
  name: fc.constantFrom('lantern', 'blanket', 'lantern blanket', 'umbrella'),
  priceMinor: fc.constantFrom(0, 999, 1000, 1250, 2499, 2500, 99_900, 9_000_000),
  currency: fc.constantFrom('USD', 'EUR'),
  categoryId: fc.constantFrom('north', 'south', null),
  status: fc.constantFrom('ACTIVE', 'ACTIVE', 'ACTIVE', 'ARCHIVED'),
  available: fc.constantFrom(0, 3, 50),
  attributes: fc.record(
    { tint: fc.constantFrom('crimson', 'ivory', 'a.b*'), fit: fc.constantFrom('slim', 'wide') },
    { requiredKeys: [] },
  ),
}) as fc.Arbitrary<Item>;

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const filters = fc.record({
  q: fc.constantFrom('lantern', 'blanket', 'blanket lantern', 'umbrella'),
  categoryId: maybe(fc.constantFrom('north', 'south', 'nowhere')),
  inventoryStatus: maybe(fc.constantFrom('IN_STOCK', 'LOW', 'OUT')),
  currency: maybe(fc.constantFrom('USD', 'EUR')),
  minPrice: maybe(fc.constantFrom('0', '9.99', '12.50')),
  maxPrice: maybe(fc.constantFrom('10.00', '24.99', '99999')),
  attributes: fc
    .constantFrom<[string, string[]][]>(
      [],
      [['tint', ['crimson']]],
      [['tint', ['a.b*', 'ivory']]],
      [
        ['tint', ['crimson', 'ivory']],
        ['fit', ['wide']],
      ],
    )
    .map((list) => new Map(list)),
});

/** The same answer from a list in memory. */
function byHand(storeId: string, items: readonly Item[], search: Search): Matches {
  const rows = items
    .filter(
      ({ status = 'ACTIVE', name }) =>
        status === 'ACTIVE' && search.q.split(' ').every((word) => name.includes(word)),
    )
    .map((item) => rowOf(storeId, item));
  type Row = (typeof rows)[number];
  const price = (row: Row) => Number(row['price']);
  const pairs = (row: Row) => row['attributes'] as string[];
  const tests = new Map<string, (row: Row) => boolean>([
    ['category', (row) => search.categoryId === undefined || row['category_id'] === search.categoryId],
    [
      'inventory',
      (row) => search.inventoryStatus === undefined || row['inventory_status'] === search.inventoryStatus,
    ],
    [
      'price',
      (row) =>
        (search.currency === undefined || row['currency'] === search.currency) &&
        price(row) >= Number(search.minPrice ?? 0) &&
        price(row) <= Number(search.maxPrice ?? Infinity),
    ],
    ...[...search.attributes].map(([name, values]): [string, (row: Row) => boolean] => [
      `attribute ${name}`,
      (row) => values.some((value) => pairs(row).includes(name + SEPARATOR + value)),
    ]),
  ]);
  const without = (facet: string) =>
    rows.filter((row) => [...tests].every(([name, test]) => name === facet || test(row)));
  const counts = (values: readonly string[]) =>
    [...Map.groupBy(values, (value) => value)].map(([value, same]) => ({ value, count: same.length }));
  const range = (row: Row) => priceRanges.findLastIndex(({ from }) => price(row) >= from);
  const chosen = without('');
  return {
    total: chosen.length,
    rows: chosen.map((row) => ({ row: { productId: row['product_id'] } as never, place: [null, ''] })),
    categories: counts(without('category').map((row) => (row['category_id'] as string | null) ?? '')),
    inventory: counts(without('inventory').map((row) => String(row['inventory_status']))),
    prices: counts(without('price').map((row) => `${String(row['currency'])} ${range(row)}`)).map(
      ({ value, count }) => ({
        currency: value.slice(0, 3),
        range: Number(value.slice(4)),
        count,
      }),
    ),
    attributes: counts(chosen.flatMap(pairs)),
    asked: new Map(
      [...search.attributes.keys()].map((name) => [
        name,
        counts(
          without(`attribute ${name}`)
            .flatMap(pairs)
            .filter((pair) => pair.startsWith(name + SEPARATOR)),
        ),
      ]),
    ),
  };
}
