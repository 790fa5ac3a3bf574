import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw, without } from '../e2e/cli.fixture.ts';
import { sql } from '../e2e/database.fixture.ts';
import { anybody, home, merchant, unique } from '../e2e/stack.fixture.ts';

const within = 60_000;

interface Found {
  readonly total: number;
}

/** In no other product. */
const mark = unique('x').replace('-', '').toLowerCase();

async function search() {
  const { status, body, headers } = await anybody().get<Found>(`/api/v1/products/search?q=beaker+${mark}`);
  return {
    ...{ status, total: body.total, store: headers.get('search-store') },
    degraded: headers.get('search-degraded') === 'true',
  };
}

/** All of them, found by the index itself. */
const indexed = (total: number) =>
  eventually(
    async () => expect(await search()).toEqual({ status: 200, total, store: 'opensearch', degraded: false }),
    { within },
  );

const addMug = async () => {
  const product = { sku: unique('MUG'), name: `Mug ${mark}`, price: '9.00', currency: 'USD' };
  expect(await (await merchant()).post('/api/v1/products', product)).toMatchObject({ status: 201 });
};

async function live(): Promise<{ version: number; store: string } | undefined> {
  const text = `select version, store from projections where name = 'product_search_index' and state = 'live'`;
  return (await sql<{ version: number; store: string }>('product', text, []))[0];
}

describe('product search on OpenSearch', { timeout: 240_000 }, () => {
  it('stands there once profile full is up', async () => {
    expect(await live()).toMatchObject({ store: 'opensearch' });
    await addMug();
    await indexed(1);
  });

  it('is stood in for while OpenSearch is away, and finds afterwards what was added meanwhile', async () => {
    await without('opensearch', async () => {
      await addMug();
      await eventually(
        async () =>
          expect(await search()).toMatchObject({ status: 200, total: 2, store: 'postgres', degraded: true }),
        { within },
      );
    });
    await indexed(2);
  });

  it('is built anew from the log when the index was deleted', async () => {
    const { opensearch } = JSON.parse(await readFile(join(home, 'endpoints.json'), 'utf8')) as {
      opensearch: string;
    };
    const index = `product-product_search_index-v${(await live())?.version}`;
    expect((await fetch(`${opensearch}/${index}`, { method: 'DELETE' })).status).toBe(200);
    await eventually(async () => expect(await search()).toMatchObject({ status: 200, degraded: true }), {
      within,
    });
    const ran = await tw('replay', 'product_search_index', '--verify');
    expect(ran.code, ran.errors).toBe(0);
    expect(await live()).toMatchObject({ store: 'opensearch' });
    await indexed(2);
  });
});
