-- Payments of orders, what was tried for them, and the money that moved (ADR 0010).

-- The aggregate: all payments of one order. Its row is the lock and counts the events of topic ecommerce.payment.payment.
create table payment_orders (
  store_id text    not null,
  order_id text    not null,
  version  integer not null default 0,
  captured bigint  not null default 0,
  refunded bigint  not null default 0 check (refunded >= 0),
  primary key (store_id, order_id),
  constraint payment_orders_refunded_le_captured check (refunded <= captured)
);
call tradewind_isolate('payment_orders');

create table payments (
  -- The gateway's idempotency key, so it is unique over all tenants.
  payment_id     text        primary key,
  store_id       text        not null,
  order_id       text        not null,
  user_id        text,
  amount         bigint      not null check (amount > 0),
  currency       text        not null,
  -- The payment method at the gateway; forgotten once the payment is settled.
  token          text,
  status         text        not null check (status in ('REQUESTED', 'UNKNOWN', 'CAPTURED', 'FAILED')),
  transaction_id text,
  provider       text,
  code           text,
  tries          integer     not null default 0,
  -- Fencing: each run at the gateway has its number, and only the latest may give a payment up.
  claim          integer     not null default 1,
  -- When the last run began that was allowed to charge.
  charged_at     timestamptz not null default now(),
  -- When the settle worker looks at it: set before the first call, so a crash anywhere is found.
  settle_at      timestamptz,
  correlation_id text        not null,
  traceparent    text,
  requested_at   timestamptz not null default now(),
  settled_at     timestamptz,
  constraint payments_timer check ((settle_at is null) = (status in ('CAPTURED', 'FAILED')))
);
-- At most one payment of an order is, or may turn out to be, captured (I5).
create unique index payments_one_per_order on payments (store_id, order_id) where status <> 'FAILED';
create index payments_of_order on payments (store_id, order_id, payment_id);
create index payments_due on payments (settle_at) where settle_at is not null;
call tradewind_isolate('payments');

create table payment_refunds (
  refund_id      text        primary key,
  store_id       text        not null,
  payment_id     text        not null references payments,
  order_id       text        not null,
  amount         bigint      not null check (amount > 0),
  currency       text        not null,
  reason         text,
  status         text        not null check (status in ('REQUESTED', 'UNKNOWN', 'REFUNDED', 'FAILED')),
  transaction_id text,
  provider       text,
  code           text,
  tries          integer     not null default 0,
  claim          integer     not null default 1,
  settle_at      timestamptz,
  correlation_id text        not null,
  traceparent    text,
  requested_at   timestamptz not null default now(),
  settled_at     timestamptz,
  constraint payment_refunds_timer check ((settle_at is null) = (status in ('REFUNDED', 'FAILED')))
);
create index payment_refunds_of_order on payment_refunds (store_id, order_id);
create index payment_refunds_due on payment_refunds (settle_at) where settle_at is not null;
call tradewind_isolate('payment_refunds');

-- Every call to the gateway. The first row of each run is written before its call; its outcome, and the rows of the
-- run's further calls, follow. A row without outcome is a call that nobody lived to see the end of.
create table payment_attempts (
  store_id     text        not null,
  operation    text        not null check (operation in ('CHARGE', 'REFUND')),
  -- payment_id or refund_id
  operation_id text        not null,
  claim        integer     not null,
  try          integer     not null,
  payment_id   text        not null,
  channel      text,
  action       text,
  outcome      text,
  duration_ms  integer,
  started_at   timestamptz not null default now(),
  primary key (operation_id, claim, try)
);
create index payment_attempts_of_payment on payment_attempts (payment_id);
call tradewind_isolate('payment_attempts');

-- The money that moved. Append-only.
create table payment_ledger (
  entry_id       bigint      generated always as identity primary key,
  store_id       text        not null,
  order_id       text        not null,
  payment_id     text        not null,
  refund_id      text,
  kind           text        not null check (kind in ('CAPTURE', 'REFUND')),
  amount         bigint      not null check (amount > 0),
  currency       text        not null,
  transaction_id text        not null,
  event_id       uuid        not null,
  recorded_at    timestamptz not null default now(),
  constraint payment_ledger_refund check ((kind = 'REFUND') = (refund_id is not null))
);
create unique index payment_ledger_one_capture on payment_ledger (store_id, order_id) where kind = 'CAPTURE';
create unique index payment_ledger_one_refund on payment_ledger (refund_id) where kind = 'REFUND';
call tradewind_isolate('payment_ledger');

create function payment_ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'payment_ledger is append-only' using errcode = 'restrict_violation';
end $$;
create trigger payment_ledger_append_only before update or delete or truncate on payment_ledger
  for each statement execute function payment_ledger_is_append_only();

-- Changes of the circuit breaker over SOAP: of a process, not of a tenant, so they stand under the store SYSTEM.
create table breaker_history (
  id         bigint      generated always as identity primary key,
  store_id   text        not null,
  channel    text        not null,
  state      text        not null check (state in ('OPEN', 'HALF_OPEN', 'CLOSED')),
  reason     text,
  instance   text        not null,
  changed_at timestamptz not null default now()
);
call tradewind_isolate('breaker_history');
