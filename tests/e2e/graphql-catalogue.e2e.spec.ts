import { eventually } from '@tradewind/testing/eventually.ts';
import { expect, it } from 'vitest';
import { ask, codesOf, dataOf } from './graphql.fixture.ts';
import { anybody, merchant, unique } from './stack.fixture.ts';

it('a catalogue is kept and browsed over the graph', async () => {
  const [staff, word] = [await merchant(), unique('word').replace('-', '').toLowerCase()];
  const add =
    'mutation ($name: String!, $parent: ID) { made: createCategory(name: $name, parentId: $parent) { categoryId } }';
  const category = async (variables: object) =>
    (await dataOf<{ made: { categoryId: string } }>(staff, add, variables)).made.categoryId;
  const top = await category({ name: 'Kitchen' });
  const below = await category({ name: 'Cups', parent: top });
  const create = 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }';
  const input = {
    sku: unique('CAT'),
    name: `Mug ${word}`,
    price: '3.00',
    currency: 'USD',
    categoryId: below,
  };
  const { createProduct: product } = await dataOf<{ createProduct: { id: string } }>(staff, create, {
    input,
  });

  const shape = `mutation ($id: ID!, $below: ID!) {
    setProductTranslation(id: $id, locale: "de", name: "Becher") { locale name description }
    createCollection(input: { name: "Spring", productIds: [$id] }) { collectionId products { name } }
    updateCategory(id: $below, input: { parentId: null }, expectedVersion: 1) { name parentId version } }`;
  const shaped = await dataOf<{ createCollection: { collectionId: string } }>(staff, shape, {
    ...{ id: product.id, below },
  });
  const { collectionId } = shaped.createCollection;
  expect(shaped).toEqual({
    setProductTranslation: { locale: 'de', name: 'Becher', description: null },
    createCollection: { collectionId, products: [{ name: input.name }] },
    updateCategory: { name: 'Cups', parentId: null, version: 2 },
  });
  const replace = `mutation ($id: ID!) { replaceCollection(id: $id, input: { name: "Autumn", productIds: ["nothing"] }, expectedVersion: 1) { name products { name } } }`;
  expect(await dataOf(staff, replace, { id: collectionId })).toEqual({
    replaceCollection: { name: 'Autumn', products: [null] },
  });
  expect(codesOf(await ask(staff, replace, { id: collectionId }))).toEqual(['VERSION_CONFLICT']);

  const browse = `query ($word: String!, $id: ID!, $below: ID!, $collection: ID!) {
    searchProducts(q: $word, categoryId: $below) { total items { id name listPrice } facets { categories { categoryId count } } }
    productTranslations(id: $id) { name }
    productPriceHistory(id: $id) { items { price isCurrent } }
    category(id: $below) { name }
    collection(id: $collection) { name } }`;
  const variables = { word, id: product.id, below, collection: collectionId };
  await eventually(async () =>
    expect(await dataOf(anybody(), browse, variables)).toEqual({
      searchProducts: {
        total: 1,
        items: [{ id: product.id, name: input.name, listPrice: '3.00' }],
        facets: { categories: [{ categoryId: below, count: 1 }] },
      },
      productTranslations: [{ name: 'Becher' }],
      productPriceHistory: { items: [{ price: '3.00', isCurrent: true }] },
      ...{ category: { name: 'Cups' }, collection: { name: 'Autumn' } },
    }),
  );

  const remove = 'mutation ($id: ID!) { gone: deleteCategory(id: $id) }';
  expect(await dataOf(staff, remove, { id: top })).toEqual({ gone: top });
  const gone = 'query ($id: ID!) { category(id: $id) { name } }';
  expect(codesOf(await ask(anybody(), gone, { id: top }))).toEqual(['CATEGORY_NOT_FOUND']);
});
