import { liveVersion } from '@tradewind/outbox/live-version.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import type { ProjectionStores } from '@tradewind/outbox/projection-store.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { HealthCheck } from './health.ts';

/**
 * Says where the live versions stand. A service that could reach one of their stores never yet is not ready; one that goes
 * away later is only told: commands need none of them.
 */
export function storesHealth(
  projections: readonly Projection[],
  db: Database,
  stores: ProjectionStores,
): HealthCheck {
  const seen = projections.map(({ name }) => ({ name, reached: false }));

  async function look(one: (typeof seen)[number]): Promise<readonly [string, string]> {
    const { version, store } = await liveVersion(db, one.name);
    try {
      if (store !== 'postgres') await soon(stores.open(store).then((opened) => opened.ping()));
      one.reached = true;
      return [one.name, `v${version} in ${store}`];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return [one.name, `v${version} in ${store}, which can't be reached: ${reason}`];
    }
  }

  return {
    name: 'projections',
    async check() {
      const detail = Object.fromEntries(await Promise.all(seen.map(look)));
      return { ok: seen.every(({ reached }) => reached), detail };
    },
  };
}

/** Less than a check may take, so that a store that hangs is told by its name. */
const PATIENCE_MS = 1_000;

async function soon(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
