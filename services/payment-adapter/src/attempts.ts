import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Try } from '#gateway/carry-out.ts';
import type { Job } from '#settle/job.ts';

interface Made {
  readonly job: Job;
  readonly tries: readonly Try[];
}

const upsert = `
  insert into payment_attempts as a (store_id, operation, operation_id, claim, try, payment_id, channel, action, outcome,
    duration_ms)
  select $1, operation, operation_id, claim, try, payment_id, channel, action, outcome, duration_ms
  from json_to_recordset($2) as r (operation text, operation_id text, claim int, try int, payment_id text, channel text,
    action text, outcome text, duration_ms int)
  on conflict (operation_id, claim, try) do update set channel = excluded.channel, action = excluded.action,
    outcome = excluded.outcome, duration_ms = excluded.duration_ms`;

/** Writes down how a run's calls went. History for people: the row that matters was written before the first call. */
export function attemptLog(db: Database): (job: Job, tries: readonly Try[]) => Promise<void> {
  const commit = groupCommit<Made, void>({
    groupOf: ({ job }) => job.context.storeId,
    run: (storeId, list) =>
      db.transaction(
        storeId,
        async (tx) => {
          const rows = list.flatMap(({ job, tries }) => tries.map((made, index) => rowOf(job, made, index)));
          await tx.query(upsert, [storeId, JSON.stringify(rows)]);
          return list.map(() => ({ ok: true as const, value: undefined }));
        },
        { durable: false },
      ),
  });
  return (job, tries) => (tries.length === 0 ? Promise.resolve() : commit({ job, tries }));
}

function rowOf(
  { kind, id, paymentId, claim }: Job,
  { channel, action, outcome, durationMs }: Try,
  index: number,
) {
  return {
    operation: kind,
    operation_id: id,
    claim,
    try: index + 1,
    payment_id: paymentId,
    channel,
    action,
    outcome,
    duration_ms: durationMs,
  };
}
