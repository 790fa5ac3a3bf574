import type { ListQuery } from '#list-products/query.ts';

/** How REST calls the graph's orders. */
export const sortings = {
  NEWEST: '-createdAt',
  OLDEST: 'createdAt',
  CHEAPEST: 'price',
  DEAREST: '-price',
  NAME: 'name',
  NAME_DESCENDING: '-name',
} as const satisfies Record<string, ListQuery['sort']>;
