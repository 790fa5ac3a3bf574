/** Grows with every change of the tables: a file of another version is given up, and made anew from the log. */
export const SCHEMA_VERSION = 1;

/**
 * The star schema (docs/adr/0052). Natural keys everywhere: a repeat finds its row, and a rebuild makes the same rows.
 * Amounts are minor units of their currency, times are UTC.
 */
export const schema = `
create table if not exists fact_orders (
  store_id varchar not null, order_id varchar not null, version integer not null, status varchar not null,
  customer_id varchar not null, currency varchar not null, total_minor bigint not null,
  captured_minor bigint not null, refunded_minor bigint not null,
  created_on date not null, paid_on date, ended_on date,
  created_at timestamp not null, paid_at timestamp, ended_at timestamp,
  primary key (store_id, order_id));
create table if not exists fact_order_lines (
  store_id varchar not null, order_id varchar not null, line integer not null, product_id varchar not null,
  qty integer not null, total_minor bigint not null, ordered_at timestamp not null,
  primary key (store_id, order_id, line));
create table if not exists fact_order_movements (
  store_id varchar not null, order_id varchar not null, movement_id varchar not null,
  kind varchar not null check (kind in ('CAPTURE', 'REFUND', 'CANCEL')),
  currency varchar not null, amount_minor bigint not null, happened_on date not null, happened_at timestamp not null,
  primary key (store_id, order_id, movement_id));
create table if not exists fact_inventory_adjustments (
  store_id varchar not null, product_id varchar not null, version integer not null, adjustment_id varchar not null,
  location_id varchar not null, sku varchar not null, delta integer not null, reason varchar not null,
  on_hand integer not null, order_id varchar, happened_on date not null, happened_at timestamp not null,
  primary key (store_id, product_id, version));
create table if not exists dim_product (
  product_key varchar primary key, store_id varchar not null, product_id varchar not null, version integer not null,
  sku varchar not null, name varchar not null, category_id varchar, status varchar not null,
  price_minor bigint, currency varchar, valid_from timestamp not null, valid_to timestamp, is_current boolean not null);
create table if not exists dim_date (
  date_key integer primary key, day date not null, year integer not null, quarter integer not null,
  month integer not null, day_of_month integer not null, iso_week integer not null, iso_weekday integer not null,
  is_weekend boolean not null);
insert into dim_date
select year(d) * 10000 + month(d) * 100 + day(d), d, year(d), quarter(d), month(d), day(d), week(d), isodow(d), isodow(d) > 5
from (select unnest(generate_series(date '2020-01-01', date '2049-12-31', interval 1 day))::date as d)
on conflict do nothing;

-- The version of the product that was sold: the last one from before the order.
create or replace view sold_lines as
select l.*, o.currency, o.customer_id, o.status, o.paid_on, o.created_on, p.product_key, p.sku, p.name, p.category_id
from fact_order_lines l
join fact_orders o on o.store_id = l.store_id and o.order_id = l.order_id
asof left join (select * from dim_product where valid_to is null or valid_to > valid_from) p
  on p.store_id = l.store_id and p.product_id = l.product_id and l.ordered_at >= p.valid_from;

-- How often each day's facts have changed: a summary made before the last change is made again.
create table if not exists day_changes (
  store_id varchar not null, happened_on date not null, changes bigint not null, primary key (store_id, happened_on));

-- Committed with the rows that follow from them: each event counts once, whatever dies when.
create table if not exists input_positions (
  topic varchar not null, part integer not null, next_offset bigint not null, watermark_ms bigint not null,
  primary key (topic, part));

-- Events that this build could not read, and those of their keys that came after; tried again by the next process.
create table if not exists parked_messages (
  topic varchar not null, part integer not null, position bigint not null, message_key varchar not null,
  broker_ms bigint not null, headers varchar not null, payload varchar not null, error varchar not null,
  primary key (topic, part, position));`;
