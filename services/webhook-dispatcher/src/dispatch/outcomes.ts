import { newId } from '@tradewind/kernel/ids.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { appendToOutbox, type OutboxRow } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Attempt } from '#send/sender.ts';
import { holdDeliveries } from '#subscriptions/hold.ts';
import type { Claimed } from './claim.ts';
import { giveHeads, type Lane } from './lanes.ts';
import {
  type AttemptedRow,
  lockDeliveries,
  lockEndpoints,
  saveAttempts,
  saveDeliveries,
  saveEndpoints,
  type SettledRow,
} from './outcome-rows.ts';
import type { Retry } from './schedule.ts';
import { type Rules, settle, type Settled } from './settle.ts';

export interface Ended {
  readonly claimed: Claimed;
  readonly attempt: Attempt;
}

export interface Recorded {
  /** `STALE`: somebody else has it in hand, or its subscription is gone. */
  readonly status: Settled['status'] | 'STALE';
  readonly retry: Retry | undefined;
  readonly disabled: string | undefined;
  /** The next one of a lane may go. */
  readonly more: boolean;
}

export interface OutcomesOptions {
  readonly db: Database;
  readonly encoder: EventEncoder;
  readonly rules: Rules;
  onCommit(): void;
}

const stale: Recorded = { status: 'STALE', retry: undefined, disabled: undefined, more: false };

/** Stores attempts with all that follows from them (the next try, the next of the lane, events), many in one transaction. */
export function outcomes({
  db,
  encoder,
  rules,
  onCommit,
}: OutcomesOptions): (ended: Ended) => Promise<Recorded> {
  async function record(tx: Transaction, batch: readonly Ended[]): Promise<Recorded[]> {
    const claims = batch.map(({ claimed }) => claimed);
    const endpoints = await lockEndpoints(tx, [
      ...new Set(claims.map(({ subscriptionId }) => subscriptionId)),
    ]);
    const rows = await lockDeliveries(
      tx,
      claims.map(({ deliveryId }) => deliveryId),
    );
    const settledRows: SettledRow[] = [];
    const events: OutboxRow[] = [];
    const lanes: Lane[] = [];
    const disabledNow = new Set<string>();

    const settled = batch.map(({ claimed, attempt }): Settled | undefined => {
      const row: AttemptedRow | undefined = rows.get(claimed.deliveryId);
      const endpoint = endpoints.get(claimed.subscriptionId);
      if (!row || !endpoint || row.status !== 'PENDING' || row.claims !== claimed.claims) return undefined;
      const active = endpoint.status === 'ACTIVE';
      const at = { now: tx.now, random: Math.random(), active, rules };
      const one = settle({ ...row, eventType: claimed.eventType }, attempt, endpoint, at);
      Object.assign(endpoint, one.health);
      if (one.disabled !== undefined) {
        Object.assign(endpoint, { status: 'DISABLED', reason: one.disabled });
        disabledNow.add(claimed.subscriptionId);
      }
      for (const event of one.events) {
        endpoint.told += 1;
        const { storeId, correlationId, eventId: causationId } = claimed;
        const placed = { event, eventId: newId(), version: endpoint.told };
        events.push(encoder.encode({ ...placed, context: { storeId, correlationId, causationId } }, tx.now));
      }
      settledRows.push({ row, attempt, settled: one, held: endpoint.status !== 'ACTIVE' });
      if (one.status !== 'PENDING') lanes.push(row);
      return one;
    });

    await saveDeliveries(tx, settledRows);
    await saveAttempts(tx, settledRows);
    await saveEndpoints(tx, [...endpoints.values()]);
    const more = await giveHeads(tx, lanes);
    for (const subscriptionId of disabledNow) await holdDeliveries(tx, subscriptionId);
    await appendToOutbox(tx, events);
    failpoint('delivery.recorded');
    return batch.map(({ claimed }, index) => {
      const one = settled[index];
      if (!one) return stale;
      const { status, retry, disabled } = one;
      return { status, retry, disabled, more: more.has(claimed.subscriptionId) };
    });
  }

  const commit = groupCommit<Ended, Recorded>({
    groupOf: ({ claimed }) => claimed.storeId,
    run: async (storeId, batch) => {
      const recorded = await db.transaction(storeId, (tx) => record(tx, batch));
      failpoint('delivery.committed');
      onCommit();
      return recorded.map((value) => ({ ok: true as const, value }));
    },
  });
  return commit;
}
