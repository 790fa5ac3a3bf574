-- What WebSocket and SSE clients are told: each order's status (docs/adr/0034), and the flash sales (docs/adr/0035).

create table order_status_v1 (
  store_id    text        not null,
  order_id    text        not null,
  user_id     text        not null,
  status      text        not null,
  total_minor bigint      not null,
  currency    text        not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  changes     jsonb       not null,
  versions    jsonb       not null,
  primary key (store_id, order_id)
);
create index on order_status_v1 (store_id, user_id, created_at desc);
create index on order_status_v1 (store_id, updated_at);
create index on order_status_v1 (store_id, status, currency) include (total_minor);
create index on order_status_v1 (store_id, created_at);
call tradewind_isolate('order_status_v1');
create view order_status with (security_invoker = true) as select * from order_status_v1;
insert into projections (name, version, state) values ('order_status', 1, 'live');

-- Its row is locked by whoever appends, so that a tenant's ids are dense and become visible in their order.
create table flash_feed_heads (
  store_id text   not null primary key,
  last_id  bigint not null
);
call tradewind_isolate('flash_feed_heads');

create table flash_feed (
  store_id text        not null,
  id       bigint      not null,
  sale_id  text        not null,
  event    text        not null,
  -- Sent to clients as it is.
  data     json        not null,
  ends_at  timestamptz not null,
  added_at timestamptz not null default now(),
  primary key (store_id, id)
);
create index on flash_feed (store_id, sale_id, id desc);
create index on flash_feed (added_at);
call tradewind_isolate('flash_feed');
