-- The central stock view, built from inventory.stock events.
create table inventory_snapshot_v1 (
  store_id   text    not null,
  versions   jsonb   not null,
  product_id text    not null,
  on_hand    integer not null,
  reserved   integer not null,
  available  integer not null,
  stores     jsonb   not null,
  primary key (store_id, product_id)
) with (fillfactor = 70);
call tradewind_isolate('inventory_snapshot_v1');
create view inventory_snapshot with (security_invoker = true) as select * from inventory_snapshot_v1;
insert into projections (name, version, state) values ('inventory_snapshot', 1, 'live');
