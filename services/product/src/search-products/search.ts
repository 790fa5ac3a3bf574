import { metrics } from '@opentelemetry/api';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { liveReader } from '@tradewind/outbox/live-version.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { z } from 'zod';
import { productError } from '#errors.ts';
import { productSearchIndex } from '#projections/product-search-index.ts';
import { summaryOf } from '#product/summary.ts';
import { facetsOf, orders, type Search, type SearchStore, type Suggestion } from './found.ts';
import { opensearchSearch } from './opensearch-search.ts';
import { postgresSearch } from './postgres-search.ts';

/** Who answered; `degraded`: the product list in place of the index, which is away. */
export interface Answered {
  readonly store: 'opensearch' | 'postgres';
  readonly degraded: boolean;
}

export interface Found {
  readonly items: ReturnType<typeof summaryOf>[];
  readonly total: number;
  readonly facets: ReturnType<typeof facetsOf>;
  readonly nextCursor: string | null;
}

export interface ProductSearch {
  /** `fresh`: what the index has is found, however short a time ago it got it. */
  search(
    storeId: string,
    search: Search,
    cursor: string | undefined,
    wish?: { readonly fresh: boolean },
  ): Promise<Answered & { readonly body: Found }>;
  suggest(
    storeId: string,
    text: string,
    limit: number,
  ): Promise<Answered & { readonly body: { readonly items: Suggestion[] } }>;
}

export interface ProductSearchUses {
  readonly db: Database;
  readonly stores: Pick<Stores, 'has' | 'opensearch'>;
  readonly log: Log;
  /** Longest wait for OpenSearch, in ms: past it the reader is better served by Postgres. */
  readonly patienceMs?: number;
}

const searches = metrics.getMeter('tradewind.product').createCounter('product_searches_total', {
  description:
    'Searches and suggestions by the store that answered; degraded: in place of the index, which was away',
});

/** How long a store that was away is not asked: readers go to Postgres at once meanwhile. */
const PAUSE_MS = 1_000;

/** A page goes on where it began: scores of two stores don't compare. */
const place = z.tuple([
  z.enum(['opensearch', 'postgres', 'degraded']),
  z.enum(orders),
  z.union([z.string(), z.number(), z.null()]),
  z.string(),
]);

/**
 * Searches where the projection stands. While OpenSearch is away, or has lost the index, the product list in Postgres answers:
 * fewer texts and no stems, but products.
 */
export function productSearch({ db, stores, log, patienceMs = 2_000 }: ProductSearchUses): ProductSearch {
  const live = liveReader(db, productSearchIndex, stores);
  const inPostgres = postgresSearch(db, 'product_search_index');
  const inList = postgresSearch(db, 'product_summary');
  let skipUntil = 0;
  let away = false;

  function ask<T>(
    work: (store: SearchStore, answered: Answered) => Promise<T>,
    wish?: { readonly fresh: boolean },
  ): Promise<Answered & { body: T }> {
    const by = async (store: SearchStore, answered: Answered) => {
      const body = await work(store, answered);
      searches.add(1, { ...answered });
      return { ...answered, body };
    };
    return live(async (at) => {
      if (at.store !== 'opensearch') return by(inPostgres, { store: 'postgres', degraded: false });
      if (performance.now() >= skipUntil) {
        try {
          const index = opensearchSearch(stores.opensearch(), at.version, patienceMs);
          if (wish?.fresh) await index.refresh();
          const found = await by(index, { store: 'opensearch', degraded: false });
          if (away) log.info({}, 'OpenSearch is back');
          away = false;
          return found;
        } catch (error) {
          if (!(error instanceof DomainError) || !isAway.has(error.code)) throw error;
          skipUntil = performance.now() + PAUSE_MS;
          if (!away)
            log.warn({ error: String(error) }, 'OpenSearch is away; searches go to the product list');
          away = true;
        }
      }
      return by(inList, { store: 'postgres', degraded: true });
    });
  }

  return {
    search: (storeId, search, cursor, wish) =>
      ask(async (store, { store: name, degraded }) => {
        const told = degraded ? 'degraded' : name;
        const [from, sort, value, id] = cursor === undefined ? [] : decodeCursor(cursor, place);
        if (from !== undefined && from !== told && degraded)
          throw productError('SEARCH_UNAVAILABLE', { retryAfter: 1 });
        if (from !== undefined && (from !== told || sort !== search.sort)) throw wrongCursor();
        const matches = await store.search(
          storeId,
          search,
          id === undefined ? undefined : [value ?? null, id],
        );
        const page = matches.rows.slice(0, search.limit);
        const last = page.at(-1);
        const more = matches.rows.length > search.limit && last !== undefined;
        return {
          items: page.map(({ row }) => summaryOf(row)),
          total: matches.total,
          facets: facetsOf(matches),
          nextCursor: more ? encodeCursor([told, search.sort, ...last.place]) : null,
        };
      }, wish),
    suggest: (storeId, text, limit) =>
      ask(async (store) => ({ items: await store.suggest(storeId, text, limit) })),
  };
}

const isAway = new Set(['OPENSEARCH_UNAVAILABLE', 'PROJECTION_LOST', 'STORE_NOT_CONFIGURED']);

/** As decodeCursor refuses one of another list. */
const wrongCursor = (): DomainError =>
  new DomainError('CURSOR_INVALID', 'invalid', 'the cursor is of another search; begin anew', {
    details: { errors: [{ path: 'querystring.cursor', message: 'is of another search' }] },
  });
