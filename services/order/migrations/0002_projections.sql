-- Read models of the order service: prices to sell at, and each customer's orders (docs/adr/0006).

create table product_prices_v1 (
  store_id    text   not null,
  product_id  text   not null,
  sku         text,
  name        text,
  price_minor bigint,
  currency    text,
  status      text   not null,
  versions    jsonb  not null,
  primary key (store_id, product_id)
);
call tradewind_isolate('product_prices_v1');
create view product_prices with (security_invoker = true) as select * from product_prices_v1;
insert into projections (name, version, state) values ('product_prices', 1, 'live');

create table orders_by_customer_v1 (
  store_id    text        not null,
  order_id    text        not null,
  user_id     text        not null,
  status      text        not null,
  total_minor bigint      not null,
  currency    text        not null,
  item_count  integer     not null,
  items       jsonb       not null,
  version     integer     not null,
  created_at  timestamptz not null,
  updated_at  timestamptz not null,
  versions    jsonb       not null,
  primary key (store_id, order_id)
);
create index on orders_by_customer_v1 (store_id, user_id, order_id desc);
call tradewind_isolate('orders_by_customer_v1');
create view orders_by_customer with (security_invoker = true) as select * from orders_by_customer_v1;
insert into projections (name, version, state) values ('orders_by_customer', 1, 'live');
