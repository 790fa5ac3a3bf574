-- Carts and what is in them (docs/adr/0020), with the state of their checkout (docs/adr/0021).
create table carts (
  cart_id         text collate "C" primary key,
  store_id        text        not null,
  -- null: a cart without a login, opened by its token only
  user_id         text,
  -- SHA-256 of the token, so that nobody who reads this table can open a cart
  token_hash      text,
  status          text        not null check (status in ('OPEN', 'CHECKING_OUT', 'CHECKED_OUT', 'MERGED', 'ABANDONED')),
  currency        text,
  codes           jsonb       not null default '[]',
  shipping        jsonb,
  -- of the cart, its ETag
  version         integer     not null check (version > 0),
  -- of its events, which most changes have none of
  stream_version  integer     not null default 0,
  line_count      integer     not null default 0 check (line_count between 0 and 200),
  merged_into     text,
  order_id        text,
  -- the order that was asked for, and by whom, until it is known what became of it
  checkout        jsonb,
  checkout_due_at timestamptz,
  checkout_tries  integer     not null default 0,
  leased_until    timestamptz,
  created_at      timestamptz not null,
  updated_at      timestamptz not null,
  constraint carts_owner check (user_id is not null or token_hash is not null),
  constraint carts_order check ((status = 'CHECKED_OUT') = (order_id is not null)),
  constraint carts_checkout check (status <> 'CHECKING_OUT' or (checkout is not null and checkout_due_at is not null))
);
create unique index carts_by_token on carts (token_hash) where token_hash is not null;
create unique index carts_by_order on carts (order_id) where order_id is not null;
create index carts_by_user on carts (store_id, user_id, cart_id desc) where user_id is not null;
create index carts_idle on carts (updated_at) where status = 'OPEN' and line_count > 0;
create index carts_unsettled on carts (checkout_due_at) where checkout_due_at is not null;
call tradewind_isolate('carts');

-- Whatever the code does, a cart becomes one order, and what was joined into another stays there.
create function carts_stay_closed() returns trigger language plpgsql as $$
begin
  raise exception 'cart % is closed', old.cart_id using errcode = 'check_violation', constraint = 'carts_stay_closed';
end $$;
create trigger carts_stay_closed before update of status, order_id on carts for each row
  when (old.status in ('CHECKED_OUT', 'MERGED')
    and (new.status <> old.status or new.order_id is distinct from old.order_id))
  execute function carts_stay_closed();

create table cart_items (
  store_id   text    not null,
  cart_id    text collate "C" not null references carts (cart_id) on delete cascade,
  item_id    text    not null,
  line       integer not null,
  product_id text    not null,
  qty        integer not null check (qty > 0),
  primary key (cart_id, item_id),
  -- adding a product that is there adds to its line
  constraint cart_items_product unique (cart_id, product_id)
);
call tradewind_isolate('cart_items');

-- What pricing said last, shown with its mark while pricing is away.
create table cart_prices (
  cart_id     text collate "C" primary key,
  store_id    text        not null,
  priced      jsonb       not null,
  resolved_at timestamptz not null
);
call tradewind_isolate('cart_prices');
