import { z } from 'zod';
import type { Item } from '#create-item/decide.ts';

/** An item as clients see it. */
export const itemView = z
  .object({
    itemId: z.string(),
    code: z.string(),
    name: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({
    id: 'Item',
    example: {
      itemId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a35',
      code: 'FIRST',
      name: 'The first one',
      version: 1,
      createdAt: '2026-01-15T09:30:00.000Z',
    },
  });

export const viewOf = (item: Item) => ({ ...item, createdAt: item.createdAt.toISOString() });
