import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { codeBatch } from '#hold-codes/code-batch.ts';
import { cataloguePrices } from '#rules/catalogue-prices.ts';
import type { RuleCache } from '#rules/compiled-rules.ts';
import { price } from './price.ts';
import type { Resolution, ResolvePrices } from './request.ts';

/**
 * Answers what things cost at this moment, by the database's clock; concurrent requests of a tenant share a transaction,
 * and one's refusal is its own.
 * @throws DomainError UNKNOWN_PRODUCT, CURRENCY_MISMATCH, CODE_NOT_APPLICABLE, AMOUNT_TOO_LARGE, DATABASE_UNAVAILABLE
 */
export type Resolver = (storeId: string, request: ResolvePrices) => Promise<Resolution>;

interface Job {
  readonly storeId: string;
  readonly request: ResolvePrices;
}

export function resolver(db: Database, cache: RuleCache): Resolver {
  const resolve = groupCommit<Job, Resolution>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, jobs) =>
      db.transaction(storeId, async (tx) => {
        const wanted = new Set(
          jobs.flatMap(({ request }) => request.lines.map(({ productId }) => productId)),
        );
        const { revision, prices } = await cataloguePrices(tx, [...wanted]);
        const rules = await cache.at(tx, revision);
        const requests = jobs.map(({ request }) => request);
        const codes = await codeBatch(tx, requests);
        const outcomes = requests.map((request): Outcome<Resolution> => {
          try {
            const compiled = codes.rulesFor(request, rules.compiled);
            const value = price(request, prices, { compiled, rates: rules.rates }, tx.now);
            codes.take(request);
            return { ok: true, value };
          } catch (error) {
            return { ok: false, error };
          }
        });
        await codes.save();
        return outcomes;
      }),
  });
  return (storeId, request) => resolve({ storeId, request });
}
