import type { Database } from '@tradewind/postgres/database.ts';
import type { Job } from './job.ts';

/** Why a job could not be concluded. */
export interface Postponement {
  readonly postponed: string;
}

export interface RefundFailure {
  readonly code: string;
  readonly transactionId: string | null;
  readonly provider: string;
  readonly tries: number;
}

/** Timers of what is not settled. They stand in the database, go by its clock and survive any crash. */
export interface Timers {
  /** Takes up to `limit` due jobs over, each under a new claim and for a lease. */
  claim(limit: number): Promise<readonly Job[]>;
  /** Leaves a job to a later run, unless a later run has it already. */
  postpone(job: Job, postponement: Postponement): Promise<void>;
  /** A refund that the gateway refuses ends here: there is no event of it, only its record. */
  failRefund(job: Job, failure: RefundFailure): Promise<void>;
  /** Makes a payment or refund that nobody is working on due now. Answers what it found under the key. */
  hasten(id: string): Promise<{ readonly status: string } | undefined>;
  /** A question of what became of a payment that was given up; undefined where it was not. */
  question(paymentId: string): Promise<Job | undefined>;
  backlog(): Promise<{ readonly waiting: number; readonly oldestSeconds: number }>;
}

export interface TimerOptions {
  /** The ordinary role: writes of one tenant. */
  readonly db: Database;
  /** Sees every tenant: finds what is due. */
  readonly systemDb: Database;
  readonly leaseMs: number;
  readonly expireAfterMs: number;
  readonly expireGraceMs: number;
}

const MAX_WAIT_S = 30;

// `quiet` and `may_send` are told as they were before this claim.
const claimPayments = `
  with due as (
    select payment_id, requested_at > now() - $3 * interval '1 ms' as may_send,
      charged_at < now() - $4 * interval '1 ms' as quiet
    from payments where settle_at <= now() order by settle_at limit $1 for update skip locked),
  claimed as (
    update payments p set claim = p.claim + 1, settle_at = now() + $2 * interval '1 ms',
      charged_at = case when due.may_send then now() else p.charged_at end
    from due where p.payment_id = due.payment_id
    returning p.*, due.may_send, due.quiet),
  attempt as (
    insert into payment_attempts (store_id, operation, operation_id, claim, try, payment_id)
    select store_id, 'CHARGE', payment_id, claim, 1, payment_id from claimed)
  select 'CHARGE' as kind, payment_id as id, payment_id as "paymentId", order_id as "orderId", amount, currency, token,
    null as "captureId", claim, may_send as "maySend", quiet, store_id as "storeId", correlation_id as "correlationId",
    traceparent
  from claimed`;

const claimRefunds = `
  with due as (
    select refund_id from payment_refunds where settle_at <= now() order by settle_at limit $1 for update skip locked),
  claimed as (
    update payment_refunds f set claim = f.claim + 1, settle_at = now() + $2 * interval '1 ms'
    from due, payments p where f.refund_id = due.refund_id and p.payment_id = f.payment_id
    returning f.*, p.transaction_id as capture_id),
  attempt as (
    insert into payment_attempts (store_id, operation, operation_id, claim, try, payment_id)
    select store_id, 'REFUND', refund_id, claim, 1, payment_id from claimed)
  select 'REFUND' as kind, refund_id as id, payment_id as "paymentId", order_id as "orderId", amount, currency,
    null as token, capture_id as "captureId", claim, true as "maySend", false as quiet, store_id as "storeId",
    correlation_id as "correlationId", traceparent
  from claimed`;

const postpone = (table: string, key: string) => `
  update ${table} set status = 'UNKNOWN', code = $3,
    settle_at = now() + least(power(2, least(claim - 1, 10)), ${MAX_WAIT_S}) * interval '1 s'
  where ${key} = $1 and claim = $2 and settle_at is not null`;
const postponePayment = postpone('payments', 'payment_id');
const postponeRefund = postpone('payment_refunds', 'refund_id');

const failRefund = `
  update payment_refunds set status = 'FAILED', code = $2, transaction_id = $3, provider = $4, tries = $5,
    settle_at = null, settled_at = now()
  where refund_id = $1 and settle_at is not null`;

// A record in REQUESTED has a run at work: it is left alone.
const hasten = `
  with payment as (
    update payments set settle_at = now() where payment_id = $1 and status = 'UNKNOWN' and settle_at > now()),
  refund as (
    update payment_refunds set settle_at = now() where refund_id = $1 and status = 'UNKNOWN' and settle_at > now())
  select status from payments where payment_id = $1
  union all select status from payment_refunds where refund_id = $1`;

// Under a claim of its own, so that its calls are noted beside those of the last run.
const question = `
  select 'CHARGE' as kind, payment_id as id, payment_id as "paymentId", order_id as "orderId", amount, currency,
    null as token, null as "captureId", claim + 1 as claim, false as "maySend", false as quiet, store_id as "storeId",
    correlation_id as "correlationId", traceparent
  from payments where payment_id = $1 and status = 'FAILED'`;

const backlog = `
  select count(*)::int as waiting, coalesce(extract(epoch from now() - min(requested_at)), 0)::float8 as "oldestSeconds"
  from (select requested_at from payments where settle_at is not null
    union all select requested_at from payment_refunds where settle_at is not null) open`;

type Row = Omit<Job, 'context' | 'resumed'> & {
  readonly storeId: string;
  readonly correlationId: string;
  readonly traceparent: string | null;
};

export function settleTimers({ db, systemDb, leaseMs, expireAfterMs, expireGraceMs }: TimerOptions): Timers {
  return {
    async claim(limit) {
      const rows = await systemDb.transaction('', async (tx) => {
        const payments = await tx.query<Row>(claimPayments, [limit, leaseMs, expireAfterMs, expireGraceMs]);
        const left = limit - payments.length;
        return left > 0 ? [...payments, ...(await tx.query<Row>(claimRefunds, [left, leaseMs]))] : payments;
      });
      return rows.map(jobOf);
    },
    postpone: ({ kind, id, claim, context }, { postponed }) =>
      db.transaction(context.storeId, async (tx) => {
        await tx.query(kind === 'CHARGE' ? postponePayment : postponeRefund, [id, claim, postponed]);
      }),
    failRefund: ({ id, context }, { code, transactionId, provider, tries }) =>
      db.transaction(context.storeId, async (tx) => {
        await tx.query(failRefund, [id, code, transactionId, provider, tries]);
      }),
    async hasten(id) {
      const [row] = await systemDb.transaction('', (tx) => tx.query<{ status: string }>(hasten, [id]));
      return row;
    },
    async question(paymentId) {
      const [row] = await systemDb.transaction('', (tx) => tx.query<Row>(question, [paymentId]));
      return row && jobOf(row);
    },
    async backlog() {
      const [row] = await systemDb.transaction('', (tx) =>
        tx.query<{ waiting: number; oldestSeconds: number }>(backlog),
      );
      return row ?? { waiting: 0, oldestSeconds: 0 };
    },
  };
}

function jobOf({ storeId, correlationId, traceparent, ...job }: Row): Job {
  const context = { storeId, correlationId, causationId: null, traceparent: traceparent ?? undefined };
  return { ...job, resumed: true, context };
}
