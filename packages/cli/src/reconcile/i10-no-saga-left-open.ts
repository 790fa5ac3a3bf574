import type { Invariant } from './invariant.ts';

interface Row {
  readonly sagaId: string;
  readonly step: string;
  readonly overdue: number;
  readonly status: string | null;
}

/** A timer that fails comes again after at most a minute, under a lease of 15 s. */
const GRACE_SECONDS = 90;

const open = `
  select s.saga_id as "sagaId", s.step, o.status,
    extract(epoch from now() - s.deadline)::float8 as overdue
  from saga_instances s left join orders o on o.order_id = coalesce(s.data->>'orderId', s.saga_id)
  where s.open and (s.deadline is null or s.deadline < now() - make_interval(secs => $1)
    or o.order_id is null or not exists (select 1 from saga_timers t where t.saga_id = s.saga_id))`;

export const noSagaLeftOpen: Invariant = {
  id: 'I10',
  title: 'no saga is left open past its deadline',
  async check(stack) {
    if (!stack.has('order')) return [];
    const rows = await stack.query<Row>('order', open, [GRACE_SECONDS]);
    return rows.map(({ sagaId, step, overdue, status }) => ({
      subject: sagaId,
      what:
        overdue > GRACE_SECONDS
          ? `${step} (order ${status ?? 'missing'}) is ${Math.round(overdue)} s over its deadline`
          : `${step} (order ${status ?? 'missing'}) is open without a timer or an order`,
    }));
  },
};
