import { newId } from '@tradewind/kernel/ids.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { CartMetrics } from '#metrics.ts';
import type { CartStore } from '#store.ts';
import { abandonCart } from './decide.ts';

const SWEEP_MS = 1_000;
const LIMIT = 500;

const idle = `
  select store_id as "storeId", cart_id as "cartId" from carts
  where status = 'OPEN' and line_count > 0 and updated_at <= now() - $1 * interval '1 ms'
  order by updated_at limit ${LIMIT}`;

interface Idle {
  readonly storeId: string;
  readonly cartId: string;
}

export interface AbandonSweepOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly store: CartStore;
  readonly metrics: Pick<CartMetrics, 'abandoned'>;
  /** How long nobody may have touched a cart. */
  readonly idleMs: number;
  readonly log: Log;
}

/**
 * Gives up carts that were left, by the database's clock. Every instance sweeps: it is decided again under the cart's lock,
 * so a cart is given up once, and not at all when its owner was faster.
 */
export function abandonSweep({ systemDb, store, metrics, idleMs, log }: AbandonSweepOptions): Periodic {
  /** Whether it was given up now. */
  function abandon({ storeId, cartId }: Idle): Promise<boolean> {
    return store.handle({
      cartIds: [cartId],
      context: { storeId, correlationId: newId(), causationId: null },
      decide(get, now) {
        const cart = get(cartId);
        const decided = cart && abandonCart(cart, idleMs, now);
        const changed = decided !== undefined && decided.cart !== cart;
        return { decided: changed ? [decided] : [], result: changed };
      },
    });
  }

  async function round(stopping: () => boolean): Promise<void> {
    for (;;) {
      const found = await systemDb.transaction('', (tx) => tx.query<Idle>(idle, [idleMs]));
      if (found.length === 0) return;
      failpoint('abandon.found');
      const given = await Promise.all(found.map(abandon));
      failpoint('abandon.stored');
      metrics.abandoned(given.filter(Boolean).length);
      if (found.length < LIMIT || stopping()) return;
    }
  }

  return periodically({ name: 'abandoned carts', everyMs: Math.min(SWEEP_MS, idleMs), round, log });
}
