-- Stock, its ledger and its reservations (ADR 0014).

-- The lock and the stream of one product: its version numbers the product's events over all locations.
create table product_stock (
  store_id   text    not null,
  product_id text    not null,
  version    integer not null,
  primary key (store_id, product_id)
) with (fillfactor = 50);
call tradewind_isolate('product_stock');

-- Which product a sku is; never changes, so it may be cached.
create table inventory_item (
  store_id   text not null,
  sku        text not null,
  product_id text not null,
  constraint inventory_item_pkey primary key (store_id, sku),
  constraint inventory_item_product unique (store_id, sku, product_id)
);
call tradewind_isolate('inventory_item');

-- A tenant's places. The one with the tenant's own id is its default.
create table inventory_location (
  store_id    text        not null,
  location_id text        not null,
  created_at  timestamptz not null default now(),
  primary key (store_id, location_id)
);
call tradewind_isolate('inventory_location');

create table inventory_stock (
  store_id      text        not null,
  location_id   text        not null,
  sku           text        not null,
  product_id    text        not null,
  on_hand       integer     not null,
  reserved      integer     not null default 0,
  version       integer     not null,
  reorder_point integer     check (reorder_point >= 0),
  updated_at    timestamptz not null,
  constraint inventory_stock_pkey primary key (store_id, location_id, sku),
  constraint inventory_stock_on_hand check (on_hand >= 0),
  constraint inventory_stock_reserved check (reserved between 0 and on_hand),
  constraint inventory_stock_item foreign key (store_id, sku, product_id)
    references inventory_item (store_id, sku, product_id),
  foreign key (store_id, location_id) references inventory_location (store_id, location_id)
) with (fillfactor = 50);
-- No index on what changes: updates stay heap-only.
create index inventory_stock_product on inventory_stock (store_id, product_id, location_id);
call tradewind_isolate('inventory_stock');

-- Every change of on_hand, for ever: on_hand = sum(delta).
create table inventory_adjustment (
  store_id       text        not null,
  adjustment_id  text        not null,
  location_id    text        not null,
  sku            text        not null,
  product_id     text        not null,
  delta          integer     not null,
  reason         text        not null,
  reservation_id text,
  device_id      text,
  seq            bigint,
  on_hand_after  integer     not null check (on_hand_after >= 0),
  created_at     timestamptz not null,
  primary key (store_id, adjustment_id)
);
create index inventory_adjustment_stock on inventory_adjustment (store_id, location_id, sku, created_at);
call tradewind_isolate('inventory_adjustment');

create function inventory_adjustment_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger inventory_adjustment_append_only before update or delete or truncate on inventory_adjustment
  for each statement execute function inventory_adjustment_is_append_only();

-- One row per line; a reservation's lines change their state together. reserved = sum(qty) of what is HELD.
create table stock_reservation (
  store_id       text        not null,
  reservation_id text        not null,
  line           smallint    not null,
  order_id       text,
  product_id     text        not null,
  sku            text        not null,
  location_id    text        not null,
  qty            integer     not null check (qty > 0),
  state          text        not null check (state in ('HELD', 'COMMITTED', 'RELEASED', 'EXPIRED')),
  -- null: held without end
  expires_at     timestamptz,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  constraint stock_reservation_pkey primary key (store_id, reservation_id, line)
) with (fillfactor = 80);
create index stock_reservation_due on stock_reservation (expires_at) where state = 'HELD' and line = 1;
call tradewind_isolate('stock_reservation');

-- Last message that was applied of each sensor.
create table device_sequence (
  store_id   text        not null,
  device_id  text        not null,
  sku        text        not null,
  seq        bigint      not null,
  updated_at timestamptz not null default now(),
  primary key (store_id, device_id, sku)
);
call tradewind_isolate('device_sequence');
