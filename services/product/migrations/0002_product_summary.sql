-- The product list: a fold of product and stock events. Columns of the product are null while only its stock is known.
create table product_summary_v1 (
  store_id         text    not null,
  product_id       text collate "C" not null,
  sku              text,
  name             text,
  description      text,
  price_minor      bigint,
  -- the same price as a number, to filter and sort by across currencies' digits
  price            numeric,
  currency         text,
  category_id      text,
  status           text,
  image            text,
  version          integer,
  -- location → {onHand, reserved}
  locations        jsonb   not null default '{}',
  on_hand          integer not null default 0,
  reserved         integer not null default 0,
  available        integer not null default 0,
  inventory_status text    not null default 'OUT',
  created_at       timestamptz,
  updated_at       timestamptz,
  versions         jsonb   not null default '{}',
  primary key (store_id, product_id)
) with (fillfactor = 70);
create index on product_summary_v1 (store_id, status, created_at, product_id);
create index on product_summary_v1 (store_id, status, price, product_id);
create index on product_summary_v1 (store_id, status, name, product_id);
create index on product_summary_v1 (store_id, category_id, created_at, product_id) where status = 'ACTIVE';
create index on product_summary_v1 using gin
  (to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(sku, '') || ' ' || coalesce(description, '')));
create index on product_summary_v1 using gin (name gin_trgm_ops);
call tradewind_isolate('product_summary_v1');

create view product_summary with (security_invoker = true) as select * from product_summary_v1;
insert into projections (name, version, state) values ('product_summary', 1, 'live');
