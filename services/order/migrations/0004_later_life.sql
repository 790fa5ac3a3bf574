-- What became of an order's pieces and money after it was paid (ADR 0022). Rows are written in the transaction of the
-- event that they tell of; the stream stays the truth.

-- Whether a paid order's cancellation waits for a second person, or for its refund.
alter table orders add column cancellation text check (cancellation in ('AWAITING_APPROVAL', 'REFUNDING'));

create table fulfillments (
  fulfillment_id text        primary key,
  store_id       text        not null,
  order_id       text        not null references orders,
  picked_at      timestamptz not null
);
create index fulfillments_of_order on fulfillments (order_id);
call tradewind_isolate('fulfillments');

create table fulfillment_items (
  store_id       text    not null,
  fulfillment_id text    not null references fulfillments,
  product_id     text    not null,
  qty            integer not null check (qty > 0),
  primary key (fulfillment_id, product_id)
);
call tradewind_isolate('fulfillment_items');

create table shipments (
  shipment_id     text        primary key,
  store_id        text        not null,
  order_id        text        not null references orders,
  carrier         text        not null,
  state           text        not null check (state in ('REQUESTED', 'SHIPPED', 'DELIVERED', 'FAILED')),
  tracking_number text,
  service         text,
  quote_minor     bigint      check (quote_minor >= 0),
  quote_currency  text,
  label_url       text,
  refusal         text,
  requested_at    timestamptz not null,
  shipped_at      timestamptz,
  delivered_at    timestamptz,
  constraint shipments_tracked check (state not in ('SHIPPED', 'DELIVERED') or tracking_number is not null)
);
create index shipments_of_order on shipments (order_id);
-- No label is two shipments'.
create unique index shipments_one_per_number on shipments (carrier, tracking_number) where tracking_number is not null;
call tradewind_isolate('shipments');

create table shipment_items (
  store_id    text    not null,
  shipment_id text    not null references shipments,
  product_id  text    not null,
  qty         integer not null check (qty > 0),
  primary key (shipment_id, product_id)
);
call tradewind_isolate('shipment_items');

-- What the carriers tell, in whatever order and however often they tell it.
create table tracking_events (
  store_id    text        not null,
  shipment_id text        not null references shipments,
  event_id    text        not null,
  status      text        not null,
  detail      text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (shipment_id, event_id)
);
call tradewind_isolate('tracking_events');

create table return_requests (
  return_id    text        primary key,
  store_id     text        not null,
  order_id     text        not null references orders,
  reason       text,
  state        text        not null check (state in ('REQUESTED', 'APPROVED', 'REJECTED', 'RETURNED')),
  refund_minor bigint      check (refund_minor >= 0),
  requested_by text        not null,
  requested_at timestamptz not null
);
create index return_requests_of_order on return_requests (order_id);
call tradewind_isolate('return_requests');

create table return_items (
  store_id   text    not null,
  return_id  text    not null references return_requests,
  product_id text    not null,
  qty        integer not null check (qty > 0),
  primary key (return_id, product_id)
);
call tradewind_isolate('return_items');

create table refunds (
  refund_id      text        primary key,
  store_id       text        not null,
  order_id       text        not null references orders,
  amount_minor   bigint      not null check (amount_minor > 0),
  reason         text,
  return_id      text,
  state          text        not null check (state in ('REQUESTED', 'REFUNDED', 'FAILED')),
  transaction_id text,
  requested_by   text        not null,
  requested_at   timestamptz not null
);
create index refunds_of_order on refunds (order_id);
call tradewind_isolate('refunds');

-- Orders that were fulfilled before there were partial picks.
insert into fulfillments (fulfillment_id, store_id, order_id, picked_at)
select order_id || '-1', store_id, order_id, updated_at from orders where status = 'FULFILLED';
insert into fulfillment_items (store_id, fulfillment_id, product_id, qty)
select i.store_id, i.order_id || '-1', i.product_id, sum(i.qty) from order_items i
join orders o on o.order_id = i.order_id where o.status = 'FULFILLED' group by 1, 2, 3;
