-- What things cost: base prices from the catalogue's events, and the rules that change them (docs/adr/0018).

create table product_prices_v1 (
  store_id    text   not null,
  product_id  text   not null,
  sku         text,
  name        text,
  category_id text,
  price_minor bigint,
  currency    text,
  status      text   not null,
  versions    jsonb  not null,
  primary key (store_id, product_id)
) with (fillfactor = 80);
call tradewind_isolate('product_prices_v1');
create view product_prices with (security_invoker = true) as select * from product_prices_v1;
insert into projections (name, version, state) values ('product_prices', 1, 'live');

-- Counts the changes of a tenant's rules: what a process has compiled holds as long as this number stands.
create table rule_revisions (
  store_id text   primary key,
  revision bigint not null
);
call tradewind_isolate('rule_revisions');

-- Each rule has its version (the ETag) and the number of events that told of it (their aggregateVersion).
create table promotion_rules (
  store_id     text        not null,
  promotion_id text        not null,
  name         text        not null,
  conditions   jsonb       not null,
  effect       jsonb       not null,
  currency     text,
  priority     integer     not null,
  stackable    boolean     not null,
  excludes     text[]      not null,
  starts_at    timestamptz,
  ends_at      timestamptz,
  version      integer     not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  deleted_at   timestamptz,
  primary key (store_id, promotion_id),
  constraint promotion_rules_window check (ends_at > starts_at)
);
create index promotion_rules_live on promotion_rules (store_id, promotion_id) where deleted_at is null;
call tradewind_isolate('promotion_rules');

create table price_lists (
  store_id      text        not null,
  price_list_id text        not null,
  name          text        not null,
  currency      text        not null,
  segment       text,
  priority      integer     not null,
  starts_at     timestamptz,
  ends_at       timestamptz,
  version       integer     not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  deleted_at    timestamptz,
  primary key (store_id, price_list_id),
  constraint price_lists_window check (ends_at > starts_at)
);
create index price_lists_live on price_lists (store_id, price_list_id) where deleted_at is null;
call tradewind_isolate('price_lists');

-- A price list's prices of one piece, by product and volume tier.
create table prices (
  store_id      text    not null,
  price_list_id text    not null,
  product_id    text    not null,
  min_qty       integer not null check (min_qty > 0),
  unit_minor    bigint  not null check (unit_minor >= 0),
  primary key (store_id, price_list_id, product_id, min_qty),
  foreign key (store_id, price_list_id) references price_lists (store_id, price_list_id)
);
call tradewind_isolate('prices');

create table currency_rates (
  store_id         text        not null,
  currency_rate_id text        not null,
  from_currency    text        not null,
  to_currency      text        not null,
  rate             text        not null,
  as_of            timestamptz not null,
  version          integer     not null,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  deleted_at       timestamptz,
  primary key (store_id, currency_rate_id)
);
create unique index currency_rates_once on currency_rates (store_id, from_currency, to_currency, as_of)
  where deleted_at is null;
call tradewind_isolate('currency_rates');

-- events: how many have told of the sale (their aggregateVersion); one that waits has none. due_at: when the scheduler
-- has to do something next; null once the sale is over.
create table flash_sales (
  store_id     text        not null,
  sale_id      text        not null,
  name         text,
  product_ids  text[]      not null,
  basis_points integer     check (basis_points between 1 and 10000),
  price_minor  bigint      check (price_minor >= 0),
  currency     text,
  status       text        not null check (status in ('SCHEDULED', 'ACTIVE', 'ENDED')),
  starts_at    timestamptz not null,
  ends_at      timestamptz not null,
  ended_at     timestamptz,
  due_at       timestamptz,
  leased_until timestamptz,
  version      integer     not null,
  events       integer     not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (store_id, sale_id),
  constraint flash_sales_price check ((basis_points is null) <> (price_minor is null)),
  constraint flash_sales_currency check ((price_minor is null) = (currency is null)),
  constraint flash_sales_window check (ends_at > starts_at),
  constraint flash_sales_due check ((due_at is null) = (status = 'ENDED'))
);
create index flash_sales_due on flash_sales (due_at) where due_at is not null;
create index flash_sales_open on flash_sales (store_id) where status <> 'ENDED';
call tradewind_isolate('flash_sales');
