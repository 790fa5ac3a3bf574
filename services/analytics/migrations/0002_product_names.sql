-- What products are called, for lists that people read (ADR 0050).
create table product_names_v1 (
  store_id   text  not null,
  product_id text  not null,
  sku        text  not null,
  name       text  not null,
  versions   jsonb not null,
  primary key (store_id, product_id)
);
call tradewind_isolate('product_names_v1');
create view product_names with (security_invoker = true) as select * from product_names_v1;
insert into projections (name, version, state) values ('product_names', 1, 'live');
