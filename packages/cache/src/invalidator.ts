import type { Log } from '@tradewind/outbox/logger.ts';
import type { InvalidationCounts } from './cache-metrics.ts';
import { createStormWatch } from './storm-watch.ts';
import type { CacheInvalidation, Change } from './tagged-cache.ts';
import { tenantTag } from './tags.ts';

/** What events say of a tenant's things. */
export interface TenantChanges {
  readonly storeId: string;
  readonly changes: readonly Change[];
}

export interface InvalidatorOptions {
  readonly name: string;
  readonly cache: CacheInvalidation;
  /** The longest that an entry stays after its event, without a storm. */
  readonly windowMs: number;
  /**
   * Entries come from a projection that applies the same events a little later: then a change counts once more when the
   * window is over.
   */
  readonly echo?: boolean;
  readonly storm: {
    /** Changes of one tag in a second beyond which its window is `pauseMs`. */
    readonly perTag: number;
    /** Changes of one tenant in a second beyond which all of its entries go together, once per `pauseMs`. */
    readonly perTenant: number;
    /** The longest that an entry stays after its event during a storm. */
    readonly pauseMs: number;
  };
  readonly counts: InvalidationCounts;
  readonly log: Log;
  readonly now: () => number;
}

export interface Invalidator {
  tell(told: TenantChanges): void;
  close(): void;
}

interface Window {
  readonly timer: NodeJS.Timeout;
  dirty: boolean;
}

/**
 * Takes entries out of a process's cache when events say so. The first change of a tag is carried out at once, those that
 * follow within the window together at its end: however many there are, nothing stays longer than the window. Fills are
 * held against every change at once, so nothing old comes in meanwhile.
 */
export function createInvalidator(options: InvalidatorOptions): Invalidator {
  const { name, cache, windowMs, echo = false, storm, counts, log, now } = options;
  const windows = new Map<string, Window>();

  const watch = (scope: 'tag' | 'tenant', perSecond: number) =>
    createStormWatch({
      ...{ perSecond, now },
      onBegin(key, count) {
        counts.storm(scope);
        log.warn({ cache: name, scope, key, count, pauseMs: storm.pauseMs }, 'a storm of invalidations');
      },
      onEnd: (key) => log.info({ cache: name, scope, key }, 'the storm of invalidations is over'),
    });
  const tags = watch('tag', storm.perTag);
  const tenants = watch('tenant', storm.perTenant);
  const sweeping = setInterval(() => [tags, tenants].forEach((one) => one.sweep()), 1_000).unref();
  counts.watch(() => ({ tag: tags.active, tenant: tenants.active }));

  /** At once, or with the others at the end of the window that is open. */
  function soon(key: string, ms: () => number, carryOut: () => void): void {
    const open = windows.get(key);
    if (open) {
      open.dirty = true;
      counts.merged();
      return;
    }
    carryOut();
    counts.carriedOut();
    wait(key, ms, carryOut, echo);
  }

  function wait(key: string, ms: () => number, carryOut: () => void, again: boolean): void {
    const timer = setTimeout(() => {
      const dirty = windows.get(key)?.dirty === true;
      windows.delete(key);
      if (!dirty && !again) return;
      carryOut();
      counts.carriedOut();
      if (dirty) wait(key, ms, carryOut, echo);
    }, ms()).unref();
    windows.set(key, { timer, dirty: false });
  }

  return {
    tell({ storeId, changes }) {
      if (changes.length === 0) return;
      cache.outdate(changes);
      for (const { tag } of changes) {
        tags.note(tag);
        tenants.note(storeId);
      }
      if (tenants.isStormy(storeId)) {
        const pause = () => storm.pauseMs;
        soon(`all of ${storeId}`, pause, () => cache.dropAll(tenantTag(storeId)));
        return;
      }
      for (const { tag } of changes) {
        const pause = () => (tags.isStormy(tag) ? storm.pauseMs : windowMs);
        soon(tag, pause, () => cache.drop(tag));
      }
    },
    close() {
      clearInterval(sweeping);
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}
