-- Items of a tenant (ADR 0032). Ids sort by the time in which they were made: "C" compares bytes.
create table items (
  store_id   text        not null,
  item_id    text collate "C" not null,
  code       text        not null,
  name       text        not null,
  version    integer     not null,
  created_at timestamptz not null,
  primary key (store_id, item_id),
  constraint items_code unique (store_id, code)
);
call tradewind_isolate('items');
