-- Tenants, people, API tokens and signing keys (ADR 0011).

create table stores (
  store_id   text        primary key check (store_id ~ '^[A-Z0-9][A-Z0-9-]{0,62}$'),
  name       text        not null,
  currency   text        not null check (currency ~ '^[A-Z]{3}$'),
  version    integer     not null default 1,
  created_at timestamptz not null default now()
);
call tradewind_isolate('stores');
insert into stores (store_id, name, currency) values ('STORE-1', 'Store 1', 'USD'), ('STORE-2', 'Store 2', 'EUR');

create table users (
  store_id   text        not null references stores,
  user_id    text        not null,
  email      text        not null,
  name       text        not null,
  roles      text[]      not null,
  status     text        not null default 'ACTIVE' check (status in ('ACTIVE', 'DISABLED')),
  version    integer     not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, user_id)
);
create unique index users_email on users (store_id, lower(email));
call tradewind_isolate('users');

create table customers (
  store_id    text        not null references stores,
  customer_id text        not null,
  email       text        not null,
  name        text        not null,
  version     integer     not null default 1,
  created_at  timestamptz not null default now(),
  primary key (store_id, customer_id)
);
create unique index customers_email on customers (store_id, lower(email));
call tradewind_isolate('customers');

-- The secret itself is never stored: 256 random bits need no salt, so a plain digest is looked up by equality.
create table api_tokens (
  store_id     text        not null references stores,
  api_token_id text        not null,
  name         text        not null,
  secret_hash  bytea       not null check (length(secret_hash) = 32),
  roles        text[]      not null,
  permissions  text[]      not null,
  created_by   text        not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  primary key (store_id, api_token_id)
);
create unique index api_tokens_secret on api_tokens (secret_hash);
call tradewind_isolate('api_tokens');

-- Whoever shows a secret does not say which tenant it belongs to. This is the only look across tenants, by exact digest.
create function api_token_by_digest(digest bytea)
  returns table (store_id text, api_token_id text, roles text[], permissions text[], expires_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public as $$
    select t.store_id, t.api_token_id, t.roles, t.permissions, t.expires_at from public.api_tokens t
    where t.secret_hash = digest and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
$$;

-- Of the whole installation, not of a tenant: no store_id.
create table signing_keys (
  kid          text        primary key,
  state        text        not null check (state in ('NEXT', 'ACTIVE', 'RETIRED')),
  private_jwk  jsonb       not null,
  public_jwk   jsonb       not null,
  created_at   timestamptz not null default now(),
  activated_at timestamptz,
  retired_at   timestamptz
);
create unique index signing_keys_one on signing_keys (state) where state in ('NEXT', 'ACTIVE');
