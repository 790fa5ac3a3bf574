-- Money that is found captured after its payment was given up goes back (ADR 0015).

-- REVERSED: announced as FAILED, captured all the same, and paid back.
alter table payments
  drop constraint payments_status_check,
  add constraint payments_status_check check (status in ('REQUESTED', 'UNKNOWN', 'CAPTURED', 'FAILED', 'REVERSED')),
  drop constraint payments_timer,
  add constraint payments_timer check ((settle_at is null) = (status in ('CAPTURED', 'FAILED', 'REVERSED')));
drop index payments_one_per_order;
create unique index payments_one_per_order on payments (store_id, order_id) where status not in ('FAILED', 'REVERSED');

-- A late capture may stand beside the one that the order was paid with; no payment is captured twice.
alter table payment_ledger add column late boolean not null default false;
drop index payment_ledger_one_capture;
create unique index payment_ledger_one_capture on payment_ledger (store_id, order_id) where kind = 'CAPTURE' and not late;
create unique index payment_ledger_captured_once on payment_ledger (payment_id) where kind = 'CAPTURE';
