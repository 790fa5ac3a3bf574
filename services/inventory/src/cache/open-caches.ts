import { countReads } from '@tradewind/cache/cache-metrics.ts';
import {
  createEventFeed,
  type EventFeed,
  highestVersions,
  SHARED_LINGER_MS,
} from '@tradewind/cache/event-feed.ts';
import { type CopyReads, openVersionedCopies } from '@tradewind/cache/versioned-copies.ts';
import { eventDefinitions } from '@tradewind/contracts/event.ts';
import type { EventService } from '@tradewind/service/event-service.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { setStockCopies } from './stock-copies.ts';

const TOPIC = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic;
/** Should events stop coming. */
const GRAPH_TTL_MS = 30_000;
const LEVELS_TTL_MS = 120_000;

/** What readers get of the caches: nothing that could invalidate one. */
export interface Caches {
  readonly graph: CopyReads;
  readonly levels: CopyReads;
  /** Stopped last: until then consumers change them. */
  readonly connections: readonly Component[];
  readonly feeds: readonly Component[];
  readonly consumers: readonly EventFeed[];
}

/** The shared caches of this service, and the consumers that alone change them. */
export function openCaches(
  url: string,
  { broker, schemas }: EventService,
  { log, crash }: Foundation,
): Caches {
  const graph = openVersionedCopies({
    ...{ url, prefix: 'gql:product:', part: 'inventory', ttlMs: GRAPH_TTL_MS, log },
    counts: countReads('gql_inventory'),
  });
  const levels = openVersionedCopies({
    ...{ url, prefix: 'inventory:', part: 'levels', ttlMs: LEVELS_TTL_MS, log },
    counts: countReads('inventory'),
  });
  const setLevels = setStockCopies(levels, (value) => schemas.decode(value));
  const feed = createEventFeed({
    ...{ broker, log, onCrash: crash, group: 'inventory.shared-caches', eachProcess: false },
    ...{ topics: [TOPIC], lingerMs: SHARED_LINGER_MS },
    async onBatch(batch) {
      await Promise.all([setLevels(batch), graph.invalidate(highestVersions(batch))]);
    },
  });
  return {
    ...{ graph, levels },
    connections: [graph, levels].map((one) => closing('shared cache', () => one.close())),
    feeds: [feed],
    consumers: [feed],
  };
}
