import { itemError } from '#errors.ts';

export interface Item {
  readonly itemId: string;
  readonly code: string;
  readonly name: string;
  readonly version: number;
  readonly createdAt: Date;
}

export interface NewItem {
  readonly code: string;
  readonly name: string;
}

export interface CreateItem extends NewItem {
  readonly itemId: string;
  readonly now: Date;
}

/** A code is given once in a tenant. */
export function createItem(taken: Item | undefined, { itemId, code, name, now }: CreateItem): Item {
  if (taken) throw itemError('CODE_TAKEN', { details: { itemId: taken.itemId } });
  return { itemId, code, name, version: 1, createdAt: now };
}
