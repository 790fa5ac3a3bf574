-- Builds as replays see them: versions of `revenue_windows` like those of every projection, with a row per figure, and one per order
-- and cart that figures are summed from (ADR 0050). Replays compare these rows, and certificates digest them.
create view window_figures with (security_invoker = true) as
select build, store_id, concat_ws(' ', 'revenue', size, to_char(start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), currency)
    as key,
  jsonb_build_object('gross', sum(gross_minor), 'refunded', sum(refunded_minor), 'orders', sum(orders),
    'refunds', sum(refunds), 'canceled', sum(canceled), 'late', sum(late)) as figures
from window_revenue group by build, store_id, size, start, currency
union all
select build, store_id, concat_ws(' ', 'count', size, to_char(start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), name),
  jsonb_build_object('count', sum(count))
from window_counts group by build, store_id, size, start, name
union all
select build, store_id, concat_ws(' ', 'product', to_char(day at time zone 'UTC', 'YYYY-MM-DD'), currency, product_id),
  jsonb_build_object('qty', sum(qty), 'amount', sum(amount_minor))
from window_products group by build, store_id, day, currency, product_id
union all
select build, store_id, concat_ws(' ', 'key', shard, key),
  jsonb_build_object('version', version, 'captured', captured_minor, 'refunded', refunded_minor)
from window_keys;

create function window_build_make(target text, build integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  call tradewind_guard_versions(target);
  execute format('create or replace view %I with (security_invoker = true) as
    select store_id, key, figures from window_figures where build = %s', target || '_v' || build, build);
end $$;

create function window_build_drop(target text, build integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  rows regclass;
begin
  call tradewind_guard_versions(target);
  execute format('drop view if exists %I', target || '_v' || build);
  foreach rows in array array['window_keys', 'window_revenue', 'window_counts', 'window_products', 'window_watermarks']
  loop
    execute format('delete from %s where build = $1', rows) using build;
  end loop;
end $$;

select window_build_make(name, version) from projections where name = 'revenue_windows';
select tradewind_show_version(name, version) from projections where name = 'revenue_windows' and state = 'live';
