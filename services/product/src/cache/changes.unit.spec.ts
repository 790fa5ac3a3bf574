import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { describe, expect, it } from 'vitest';
import { changesIn, followed } from './changes.ts';

const [PRODUCTS = '', STOCK = ''] = followed;
const place = { partition: 0, offset: 0n, timestamp: 0 };

function message(eventType: string, key: string, categoryId: string | null, version = '2', storeId = 'S') {
  const headers = { eventType, storeId, aggregateVersion: version };
  const topic = eventType.includes('.inventory.') ? STOCK : PRODUCTS;
  return { ...place, topic, key, headers, value: Buffer.from(JSON.stringify({ categoryId })) };
}
const decode = (value: Buffer) =>
  ({ payload: JSON.parse(value.toString()) as object }) as unknown as AnyEvent;

const updated = 'ecommerce.product.product.updated.v1';
const repriced = 'ecommerce.product.price.changed.v1';
const sold = 'ecommerce.inventory.stock.reserved.v1';

const tagsIn = async (...messages: ReturnType<typeof message>[]) => {
  const { products, pages } = await changesIn(messages, decode);
  return {
    products: products.flatMap(({ changes }) => changes),
    pages: pages.flatMap(({ storeId, changes }) => changes.map(({ tag }) => `${storeId} ${tag}`)),
  };
};

describe('what events outdate', () => {
  it('stock: the pages that show the product, and nothing else', async () => {
    expect(await tagsIn(message(sold, 'P', null), message(sold, 'P', null, '3'))).toEqual({
      products: [],
      pages: ['S product:P'],
    });
  });

  it('a product: itself at its version, its category, and lists of all categories', async () => {
    expect(await tagsIn(message(updated, 'P', 'mugs'))).toEqual({
      products: [{ tag: 'product:P', version: 2 }],
      pages: ['S product:P', 'S catalogue:S', 'S category:S:mugs'],
    });
    expect((await tagsIn(message(updated, 'P', null))).pages).toEqual(['S product:P', 'S catalogue:S']);
  });

  it('a price: every list of its tenant, as it does not say in which category it is', async () => {
    const told = await tagsIn(message(repriced, 'P', null), message(repriced, 'Q', null, '5', 'T'));
    expect(told).toEqual({
      products: [
        { tag: 'product:P', version: 2 },
        { tag: 'product:Q', version: 5 },
      ],
      pages: ['S product:P', 'S store:S', 'T product:Q', 'T store:T'],
    });
  });

  it('what cannot be read: every list of its tenant', async () => {
    const broken = { ...message(updated, 'P', 'mugs'), value: Buffer.from('?') };
    expect((await tagsIn(broken)).pages).toEqual(['S product:P', 'S store:S']);
  });

  it('a product twice: its newest version', async () => {
    const told = await tagsIn(message(updated, 'P', 'a', '2'), message(updated, 'P', 'b', '3'));
    expect(told.products).toEqual([{ tag: 'product:P', version: 3 }]);
    expect(told.pages).toContain('S category:S:a');
    expect(told.pages).toContain('S category:S:b');
  });
});
