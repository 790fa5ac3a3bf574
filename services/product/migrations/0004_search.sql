-- Products as they are searched (ADR 0046), where no OpenSearch holds them: a fold of product and stock events.
create table product_search_index_v1 (
  store_id         text    not null,
  product_id       text collate "C" not null,
  sku              text,
  name             text,
  -- all texts that it is found by
  words            text,
  price_minor      bigint,
  -- the same price as a number, to filter and sort by
  price            numeric,
  currency         text,
  category_id      text,
  -- each its name, chr(31), its value
  attributes       text[]  not null default '{}',
  status           text,
  image            text,
  version          integer,
  -- location → {onHand, reserved}
  locations        jsonb   not null default '{}',
  on_hand          integer not null default 0,
  reserved         integer not null default 0,
  available        integer not null default 0,
  inventory_status text    not null default 'OUT',
  created_at       timestamptz,
  updated_at       timestamptz,
  versions         jsonb   not null default '{}',
  primary key (store_id, product_id)
) with (fillfactor = 70);
create index on product_search_index_v1 using gin
  ((to_tsvector('simple', words) || to_tsvector('english', words) || to_tsvector('german', words)));
create index on product_search_index_v1 using gin (name gin_trgm_ops);
create index on product_search_index_v1 (store_id, lower(sku) text_pattern_ops);
call tradewind_isolate('product_search_index_v1');

-- What is listed is found at once; the projection goes on from the versions that the list has.
insert into product_search_index_v1
  (store_id, product_id, sku, name, words, price_minor, price, currency, category_id, attributes, status, image, version,
   locations, on_hand, reserved, available, inventory_status, created_at, updated_at, versions)
select s.store_id, s.product_id, s.sku, s.name,
  case when s.name is not null then
    concat_ws(E'\n', s.name, regexp_replace(s.sku, '[-._]+', ' ', 'g'), nullif(s.description, ''), s.category_id, nullif(a.texts, '')) end,
  s.price_minor, s.price, s.currency, s.category_id, coalesce(a.pairs, '{}'), s.status, s.image, s.version,
  s.locations, s.on_hand, s.reserved, s.available, s.inventory_status, s.created_at, s.updated_at, s.versions
from product_summary s
left join products p on p.store_id = s.store_id and p.product_id = s.product_id
left join lateral (
  select array_agg(key || chr(31) || value order by key collate "C") as pairs,
    string_agg(nullif(value, ''), E'\n' order by key collate "C") as texts
  from jsonb_each_text(p.attributes)) a on true;

create view product_search_index with (security_invoker = true) as select * from product_search_index_v1;
insert into projections (name, version, state) values ('product_search_index', 1, 'live');

-- Row-level security lets no index look for words: their operators might tell what they see. These look as the tables' owner
-- and show ids of the transaction's tenant alone, whatever they are asked.
--   query   what the texts must say        prefix  how a SKU may begin
--   probe   the longest of `words`, each of which must be in the name, or nearly; null where none may have a typo
--   rest    what else the name must say
create function product_search_matches(query tsquery, prefix text, probe text, words text[], rest tsquery)
  returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select product_id from product_search_index i where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE'
    and (to_tsvector('simple', i.words) || to_tsvector('english', i.words) || to_tsvector('german', i.words)) @@ $1
  union
  select product_id from product_search_index where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE' and lower(sku) like $2
  union
  select product_id from product_search_index where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE' and $3 <% name and name %> all ($4) and ($5 is null or to_tsvector('simple', name) @@ $5)
$$;

-- The same over the product list, while OpenSearch is away.
create function product_summary_matches(query tsquery, prefix text, probe text, words text[], rest tsquery)
  returns setof text language sql stable security definer set search_path = public, pg_temp as $$
  select product_id from product_summary where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE'
    and to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(sku, '') || ' ' || coalesce(description, '')) @@ $1
  union
  select product_id from product_summary where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE' and lower(sku) like $2
  union
  select product_id from product_summary where store_id = current_setting('tradewind.store_id', true)
    and status = 'ACTIVE' and $3 <% name and name %> all ($4) and ($5 is null or to_tsvector('simple', name) @@ $5)
$$;
