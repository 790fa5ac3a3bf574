import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { type AppliedPromotion, recordApplied } from './applied-promotions.ts';
import { keepCodes, lapsedHolds, releaseCodes, takeAgain, useCodes } from './uses.ts';

/** What became of an order, as far as its codes are concerned. Every call may be repeated, also late. */
export interface OrderCodes {
  /** It exists; these lowered its price. */
  created(storeId: string, orderId: string, applied: readonly AppliedPromotion[]): Promise<void>;
  paid(storeId: string, orderId: string): Promise<void>;
  /** It is over, or never came to be: what it held or used can be used again. */
  over(storeId: string, orderId: string): Promise<void>;
}

interface Job {
  readonly storeId: string;
  readonly orderId: string;
  readonly became: 'created' | 'paid' | 'over';
  readonly applied?: readonly AppliedPromotion[];
}

/** Orders of a tenant share a transaction. */
export function orderCodes(db: Database): OrderCodes {
  const settle = groupCommit<Job, void>({
    groupOf: ({ storeId }) => storeId,
    run: async (storeId, jobs) => {
      const which = (became: Job['became']): string[] =>
        jobs.filter((job) => job.became === became).map(({ orderId }) => orderId);
      const [created, paid, over] = [which('created'), which('paid'), which('over')];
      const late = await db.transaction(storeId, async (tx) => {
        if (created.length > 0) {
          await keepCodes(tx, created);
          await recordApplied(
            tx,
            jobs.flatMap(({ applied }) => applied ?? []),
          );
        }
        if (paid.length > 0) await useCodes(tx, paid);
        if (over.length > 0) await releaseCodes(tx, over);
        return lapsedHolds(tx, [...created, ...paid]);
      });
      // By itself, because it locks codes before uses, as whoever holds them does.
      if (late.length > 0) {
        await db.transaction(storeId, async (tx) => {
          await takeAgain(tx, late);
          await useCodes(tx, paid);
        });
      }
      failpoint('codes.settled');
      return jobs.map((): Outcome<void> => ({ ok: true, value: undefined }));
    },
  });
  return {
    created: (storeId, orderId, applied) => settle({ storeId, orderId, became: 'created', applied }),
    paid: (storeId, orderId) => settle({ storeId, orderId, became: 'paid' }),
    over: (storeId, orderId) => settle({ storeId, orderId, became: 'over' }),
  };
}
