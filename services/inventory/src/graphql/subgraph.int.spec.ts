import { noCache, openGraph } from '@tradewind/graphql/open-graph.fixture.ts';
import { counted } from '@tradewind/postgres/counted.fixture.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openInventory } from '#inventory.fixture.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import { snapshotReader } from '#read-snapshot/snapshots.ts';
import { registerGraphql } from './subgraph.ts';

const onlyCore = openStores('inventory', {});
const ids = Array.from({ length: 20 }, (_, at) => `P-${at}`);

let inventory: Awaited<ReturnType<typeof openInventory>>;
let graph: Awaited<ReturnType<typeof openGraph>>;
let watched: ReturnType<typeof counted>;

beforeAll(async () => {
  inventory = await openInventory();
  watched = counted(inventory.db);
  graph = await openGraph('inventory', (app) =>
    registerGraphql(app, {
      ...{ snapshots: snapshotReader(watched.db, onlyCore), cache: noCache, introspection: false },
    }),
  );
  await inventory.rows(
    `insert into inventory_snapshot_v1 (store_id, product_id, on_hand, reserved, available, stores, versions)
     select 'STORE-1', id, 5, 1, 4, '{}', '{}' from unnest($1::text[]) id`,
    [ids],
  );
});
afterAll(async () => {
  await graph.close();
  await inventory.close();
});

it('the stock of twenty products is one statement', async () => {
  const keys = ids.map((id) => ({ id }));
  const found = await graph.entities('Product', keys, 'inventory { available }');
  expect(found).toEqual(ids.map(() => ({ inventory: { available: 4 } })));
  expect(watched.asked).toEqual({ transactions: 1, statements: 1 });
});
