-- Orders as event streams, with the rows that reads need written in the same transaction (docs/adr/0005).

create table orders (
  order_id         text        primary key,
  store_id         text        not null,
  user_id          text        not null,
  status           text        not null check (status in
    ('PENDING', 'PAYMENT_PENDING', 'PAID', 'FULFILLED', 'RETURNED', 'CANCELED', 'EXPIRED')),
  currency         text        not null,
  total_minor      bigint      not null check (total_minor >= 0),
  captured_minor   bigint      not null default 0 check (captured_minor >= 0),
  refunded_minor   bigint      not null default 0 check (refunded_minor between 0 and captured_minor),
  version          integer     not null check (version > 0),
  reservation_id   text        not null,
  payment_id       text,
  shipping_address jsonb,
  expires_at       timestamptz not null,
  created_at       timestamptz not null,
  updated_at       timestamptz not null
);
call tradewind_isolate('orders');

create table order_items (
  store_id    text    not null,
  order_id    text    not null,
  line        integer not null,
  product_id  text    not null,
  sku         text,
  qty         integer not null check (qty > 0),
  price_minor bigint  not null check (price_minor >= 0),
  location_id text,
  primary key (order_id, line)
);
call tradewind_isolate('order_items');

-- The stream. The payload is the event as published (Avro, Confluent wire format), so old events are read by today's
-- schemas the same way from here and from Kafka.
create table order_events (
  store_id    text        not null,
  order_id    text        not null,
  version     integer     not null,
  event_id    uuid        not null,
  type        text        not null,
  payload     bytea       not null,
  occurred_at timestamptz not null,
  primary key (order_id, version)
);
call tradewind_isolate('order_events');

create table order_status_history (
  store_id    text        not null,
  order_id    text        not null,
  version     integer     not null,
  status      text        not null,
  occurred_at timestamptz not null,
  primary key (order_id, version)
);
-- Whatever the code does, an order ends once.
create unique index order_status_history_one_end on order_status_history (order_id)
  where status in ('CANCELED', 'EXPIRED', 'RETURNED');
call tradewind_isolate('order_status_history');

create function orders_stay_closed() returns trigger language plpgsql as $$
begin
  raise exception 'order % is closed', old.order_id using errcode = 'check_violation', constraint = 'orders_stay_closed';
end $$;
create trigger orders_stay_closed before update of status on orders for each row
  when (old.status in ('CANCELED', 'EXPIRED', 'RETURNED') and new.status <> old.status)
  execute function orders_stay_closed();

-- The order's saga: where it stands, and the one thing it waits for, by the database's clock.
create table saga_instances (
  saga_id    text        primary key,
  store_id   text        not null,
  step       text        not null,
  open       boolean     not null,
  data       jsonb       not null,
  deadline   timestamptz,
  updated_at timestamptz not null
);
create index saga_instances_open on saga_instances (deadline) where open;
call tradewind_isolate('saga_instances');

create table saga_timers (
  saga_id      text        primary key,
  store_id     text        not null,
  kind         text        not null,
  due_at       timestamptz not null,
  attempts     integer     not null default 0,
  leased_until timestamptz
);
create index saga_timers_due on saga_timers (due_at);
call tradewind_isolate('saga_timers');
