import DataLoader from 'dataloader';

/** Reads the lists that belong to several keys in one query. */
export type FindLists<Item> = (
  storeId: string,
  keys: readonly string[],
) => Promise<ReadonlyMap<string, Item[]>>;

/** What hangs on one key, as its resolver asks for it. */
export interface ListLoader<Item> {
  load(key: string): Promise<readonly Item[]>;
}

/** Lists that are asked for in the same moment come in one query; nothing is remembered, as a document may write in between. */
export function listLoader<Item>(storeId: string, find: FindLists<Item>): ListLoader<Item> {
  return new DataLoader<string, readonly Item[]>(
    async (keys) => {
      const found = await find(storeId, [...new Set(keys)]);
      return keys.map((key) => found.get(key) ?? []);
    },
    { cache: false },
  );
}
