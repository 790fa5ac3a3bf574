-- What change data capture tells of an order's status stands beside what its events tell (docs/adr/0044). Versions in
-- Postgres have the columns too, empty: rows of every store have one shape.
do $$
declare
  one text;
begin
  for one in
    select relname from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname ~ '^orders_by_customer_(v\d+|shape)$'
  loop
    execute format('alter table %I add column captured_status text, add column captured_version integer', one);
  end loop;
end $$;
