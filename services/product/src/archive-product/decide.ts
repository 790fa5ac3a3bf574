import type { ProductEvent } from '#product/events.ts';
import { existing, later, type ProductState } from '#product/product.ts';

export interface ArchiveProduct {
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/** Archiving twice is archiving once. */
export function archiveProduct(state: ProductState, command: ArchiveProduct): ProductEvent[] {
  if (state?.status === 'ARCHIVED') return [];
  const { productId, sku, name, version, updatedAt } = existing(state, command.expectedVersion);
  const archivedAt = later(command.now, updatedAt);
  return [
    {
      type: 'ecommerce.product.product.archived.v1',
      payload: { productId, sku, name, status: 'ARCHIVED', version: version + 1, archivedAt },
    },
  ];
}
