import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { SummaryRow } from '#product/summary.ts';
import type { Counts, Matches, PriceCount, SearchStore, Suggestion } from './found.ts';
import { type Relation, searchStatement, suggestStatement } from './postgres-query.ts';

/** How alike a word must be to count as a typo of it: 0 is anything, 1 the word itself. */
const tolerance = `set local pg_trgm.word_similarity_threshold = 0.42`;

interface Found {
  readonly total: number;
  readonly categories: Counts;
  readonly inventory: Counts;
  readonly prices: readonly PriceCount[];
  readonly attributes: Counts;
  readonly asked: readonly Counts[];
  readonly items: readonly (SummaryRow & { readonly place: string })[];
}

/** Searches the service's own database. */
export function postgresSearch(db: Database, relation: Relation): SearchStore {
  /** Texts vary with the filters, so they are not prepared. */
  async function ask<Row extends object>(
    storeId: string,
    { text, values }: { readonly text: string; readonly values: readonly unknown[] },
  ): Promise<Row[]> {
    return db.transaction(storeId, async (tx: Transaction) => {
      const [, rows] = await Promise.all([tx.execute(tolerance), tx.execute<Row>(text, values)]);
      return rows;
    });
  }

  return {
    async search(storeId, search, after): Promise<Matches> {
      const [found] = await ask<Found>(storeId, searchStatement(relation, search, after));
      const { asked = [], items = [], ...rest } = found ?? ({} as Partial<Found>);
      return {
        ...{ total: 0, categories: [], inventory: [], prices: [], attributes: [], ...rest },
        asked: new Map([...search.attributes.keys()].map((name, at) => [name, asked[at] ?? []])),
        rows: items.map(({ place, ...row }) => ({ row, place: [place, row.productId] })),
      };
    },
    suggest: (storeId, text, limit) => ask<Suggestion>(storeId, suggestStatement(relation, text, limit)),
  };
}
