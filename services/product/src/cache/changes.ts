import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import type { TenantChanges } from '@tradewind/cache/invalidator.ts';
import type { Change } from '@tradewind/cache/tagged-cache.ts';
import { catalogueTag, categoryTag, productTag, tenantTag } from '@tradewind/cache/tags.ts';
import type { Message } from '@tradewind/messaging/broker.ts';

const PRODUCTS = eventDefinitions['ecommerce.product.product.updated.v1'].topic;
const STOCK = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic;
export const followed = [PRODUCTS, STOCK];

/** What a batch of messages changes, by tenant: single products, and pages of lists. */
export interface Told {
  readonly products: readonly TenantChanges[];
  readonly pages: readonly TenantChanges[];
}

type Decode = (value: Buffer) => AnyEvent | Promise<AnyEvent>;

/**
 * Stock moves no product to another page, so only pages that show it change. A created or updated product may enter the
 * pages of its category and those of no category; the pages that it leaves show it. Of the rest nothing is known but the
 * tenant.
 */
export async function changesIn(batch: readonly Message[], decode: Decode): Promise<Told> {
  const products = new Map<string, Map<string, Change>>();
  const pages = new Map<string, Map<string, Change>>();
  for (const message of batch) {
    const { storeId } = message.headers;
    if (storeId === undefined) continue;
    note(pages, storeId, { tag: productTag(message.key) });
    if (message.topic === STOCK) continue;
    const version = Number(message.headers['aggregateVersion'] ?? Number.MAX_SAFE_INTEGER);
    note(products, storeId, { tag: productTag(message.key), version });
    for (const tag of await listsOf(message, storeId, decode)) note(pages, storeId, { tag });
  }
  return { products: byTenant(products), pages: byTenant(pages) };
}

async function listsOf({ headers, value }: Message, storeId: string, decode: Decode): Promise<string[]> {
  switch (headers['eventType']) {
    case 'ecommerce.product.product.created.v1':
    case 'ecommerce.product.product.updated.v1': {
      const category = await categoryIn(value, decode);
      if (category === undefined) return [tenantTag(storeId)];
      return [catalogueTag(storeId), ...(category === null ? [] : [categoryTag(storeId, category)])];
    }
    default:
      return [tenantTag(storeId)];
  }
}

/** Undefined where it can't be read: no invalidation waits for the registry. */
async function categoryIn(value: Buffer, decode: Decode): Promise<string | null | undefined> {
  try {
    const { payload } = await decode(value);
    return 'categoryId' in payload ? payload.categoryId : undefined;
  } catch {
    return undefined;
  }
}

/** Of several changes of one thing the newest stands for all: a key's events come in their order. */
function note(told: Map<string, Map<string, Change>>, storeId: string, change: Change): void {
  const changes = told.get(storeId);
  if (changes) changes.set(change.tag, change);
  else told.set(storeId, new Map([[change.tag, change]]));
}

const byTenant = (told: ReadonlyMap<string, ReadonlyMap<string, Change>>): TenantChanges[] =>
  Array.from(told, ([storeId, changes]) => ({ storeId, changes: [...changes.values()] }));
