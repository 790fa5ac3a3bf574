import { liveVersion } from '@tradewind/outbox/live-version.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import type { RunningStack } from './running-stack.ts';

/** A row of notification's `order_status`, wherever it stands. */
export interface ToldStatus {
  readonly store_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly status: string;
  readonly total_minor: number;
  readonly currency: string;
  readonly changes: readonly { readonly version: number }[];
}

// Enough of it to read its rows: services are never imported from outside.
const orderStatus: Pick<Projection, 'name' | 'key'> = { name: 'order_status', key: 'order_id' };

/** All orders that clients are told of, in batches. */
export async function* toldStatuses(stack: RunningStack): AsyncIterable<readonly ToldStatus[]> {
  const systemDb = stack.database('notification');
  const { version, store } = await liveVersion(systemDb, orderStatus.name);
  const stores = openStores('notification', { REDIS_URL: stack.redis }, { systemDb });
  try {
    const rows = (await stores.open(store)).scan(orderStatus as Projection, version);
    yield* rows as AsyncIterable<readonly unknown[]> as AsyncIterable<readonly ToldStatus[]>;
  } finally {
    await stores.close();
  }
}
