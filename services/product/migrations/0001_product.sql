-- The catalogue (ADR 0013). Ids are opaque text; "C" compares bytes, so an id sorts by the time in which it was made.
create extension if not exists btree_gist;

create table products (
  store_id    text        not null,
  product_id  text collate "C" not null,
  sku         text        not null,
  name        text        not null,
  description text,
  price_minor bigint      not null check (price_minor >= 0),
  currency    text        not null,
  -- start of the price in force; the next one never starts before it
  price_since timestamptz not null,
  -- a name that the tenant's category tree may or may not explain: listing does not wait for it
  category_id text,
  attributes  jsonb       not null default '{}',
  status      text        not null check (status in ('ACTIVE', 'ARCHIVED')),
  version     integer     not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (store_id, product_id),
  constraint products_sku unique (store_id, sku)
);
call tradewind_isolate('products');

-- Slowly changing dimension, type 2: each price with the time in which it held. No two may hold at once.
create table product_price_history (
  store_id    text        not null,
  product_id  text collate "C" not null,
  version     integer     not null,
  price_minor bigint      not null,
  currency    text        not null,
  valid_from  timestamptz not null,
  valid_to    timestamptz,
  is_current  boolean     not null generated always as (valid_to is null) stored,
  -- null: the price it was created with
  changed_by  text,
  primary key (store_id, product_id, version),
  foreign key (store_id, product_id) references products (store_id, product_id),
  constraint price_history_no_overlap exclude using gist
    (store_id with =, product_id with =, tstzrange(valid_from, valid_to) with &&)
);
create unique index price_history_one_current on product_price_history (store_id, product_id) where is_current;
call tradewind_isolate('product_price_history');

create table product_images (
  store_id   text    not null,
  product_id text collate "C" not null,
  position   integer not null,
  url        text    not null,
  primary key (store_id, product_id, position),
  foreign key (store_id, product_id) references products (store_id, product_id)
);
call tradewind_isolate('product_images');

create table product_translations (
  store_id    text        not null,
  product_id  text collate "C" not null,
  locale      text        not null,
  name        text        not null,
  description text,
  updated_at  timestamptz not null,
  primary key (store_id, product_id, locale),
  foreign key (store_id, product_id) references products (store_id, product_id)
);
call tradewind_isolate('product_translations');

create table categories (
  store_id    text        not null,
  category_id text collate "C" not null,
  parent_id   text collate "C",
  name        text        not null,
  version     integer     not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  primary key (store_id, category_id),
  constraint categories_parent foreign key (store_id, parent_id) references categories (store_id, category_id)
);
create index categories_by_parent on categories (store_id, parent_id);
call tradewind_isolate('categories');

-- Hand-picked products under a name: a landing page, a season.
create table collections (
  store_id      text        not null,
  collection_id text collate "C" not null,
  name          text        not null,
  product_ids   text[]      not null default '{}',
  version       integer     not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  primary key (store_id, collection_id)
);
call tradewind_isolate('collections');
