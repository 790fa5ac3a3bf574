-- Discount codes and who holds or has used one (docs/adr/0019).

create table discount_codes (
  store_id           text        not null,
  discount_code_id   text        not null,
  code               text        not null,
  effect             jsonb       not null,
  currency           text,
  conditions         jsonb,
  stackable          boolean     not null,
  usage_limit        integer     check (usage_limit > 0),
  per_customer_limit integer     check (per_customer_limit > 0),
  -- Uses that are held or made; changes with them, under this row's lock.
  uses               integer     not null default 0 check (uses >= 0),
  starts_at          timestamptz,
  ends_at            timestamptz,
  version            integer     not null,
  created_at         timestamptz not null,
  updated_at         timestamptz not null,
  deleted_at         timestamptz,
  primary key (store_id, discount_code_id),
  constraint discount_codes_window check (ends_at > starts_at)
) with (fillfactor = 70);
-- Written in capitals, so that codes are the same in any case.
create unique index discount_codes_code on discount_codes (store_id, code) where deleted_at is null;
call tradewind_isolate('discount_codes');

-- HELD → USED → RELEASED, never back: events about an order may come again. expires_at: until when a use is held for an
-- order that is not known to exist; null once it is.
create table discount_code_uses (
  store_id         text        not null,
  discount_code_id text        not null,
  order_id         text        not null,
  customer_id      text,
  state            text        not null check (state in ('HELD', 'USED', 'RELEASED')),
  expires_at       timestamptz,
  held_at          timestamptz not null,
  updated_at       timestamptz not null,
  primary key (store_id, order_id, discount_code_id),
  foreign key (store_id, discount_code_id) references discount_codes (store_id, discount_code_id)
) with (fillfactor = 80);
create index discount_code_uses_customer on discount_code_uses (store_id, discount_code_id, customer_id)
  where state <> 'RELEASED';
create index discount_code_uses_due on discount_code_uses (expires_at) where state = 'HELD';
call tradewind_isolate('discount_code_uses');

-- What lowered each order, as its event says.
create table applied_promotions (
  store_id     text        not null,
  order_id     text        not null,
  rule_id      text        not null,
  kind         text        not null,
  name         text        not null,
  amount_minor bigint      not null,
  currency     text        not null,
  customer_id  text        not null,
  applied_at   timestamptz not null,
  primary key (store_id, order_id, kind, rule_id)
);
create index applied_promotions_rule on applied_promotions (store_id, rule_id, order_id);
call tradewind_isolate('applied_promotions');
