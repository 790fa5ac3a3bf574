-- Windows of revenue, funnel and products as a stream of events fills them (ADR 0050). `build` stands side by side with
-- others of `revenue_windows` in `projections`; `shard` is the partition that a row is summed from, so that no two
-- partitions, and so no two instances, ever write to one row.

-- What was seen of each order and cart: the guard against repeats.
create table window_keys (
  build          integer not null,
  store_id       text    not null,
  shard          integer not null,
  key            text    not null,
  version        integer not null,
  captured_minor bigint  not null,
  refunded_minor bigint  not null,
  primary key (build, store_id, shard, key)
);
call tradewind_isolate('window_keys');

create table window_revenue (
  build          integer     not null,
  store_id       text        not null,
  size           text        not null check (size in ('1m', '1h', '1d')),
  start          timestamptz not null,
  currency       text        not null,
  shard          integer     not null,
  gross_minor    bigint      not null,
  refunded_minor bigint      not null,
  orders         bigint      not null,
  refunds        bigint      not null,
  canceled       bigint      not null,
  late           bigint      not null,
  primary key (build, store_id, size, start, currency, shard)
);
call tradewind_isolate('window_revenue');

-- Stages of the funnel, and how long orders took to be paid (`paid-after:<bucket>`).
create table window_counts (
  build    integer     not null,
  store_id text        not null,
  size     text        not null check (size in ('1m', '1h', '1d')),
  start    timestamptz not null,
  name     text        not null,
  shard    integer     not null,
  count    bigint      not null,
  primary key (build, store_id, size, start, name, shard)
);
call tradewind_isolate('window_counts');

create table window_products (
  build        integer     not null,
  store_id     text        not null,
  day          timestamptz not null,
  currency     text        not null,
  product_id   text        not null,
  shard        integer     not null,
  qty          bigint      not null,
  amount_minor bigint      not null,
  primary key (build, store_id, day, currency, product_id, shard)
);
call tradewind_isolate('window_products');

-- The latest time that each partition has told of. Infrastructure, not tenant data, as the checkpoints beside it.
create table window_watermarks (
  build     integer     not null,
  topic     text        not null,
  partition integer     not null,
  watermark timestamptz not null,
  late      bigint      not null,
  primary key (build, topic, partition)
);

insert into projections (name, version, state) values ('revenue_windows', 1, 'live');

create view daily_revenue with (security_invoker = true) as
select store_id, (start at time zone 'UTC')::date as day, currency, sum(gross_minor)::bigint as gross_minor,
  sum(gross_minor - refunded_minor)::bigint as net_minor, sum(refunded_minor)::bigint as refunded_minor,
  sum(orders)::bigint as orders, sum(refunds)::bigint as refunds, sum(canceled)::bigint as canceled,
  sum(late)::bigint as late
from window_revenue
where size = '1d'
  and build = (select version from projections where name = 'revenue_windows' and state = 'live')
group by store_id, start, currency;
