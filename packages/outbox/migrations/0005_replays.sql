-- Replays that operators ask for, resume, stop and take back (ADR 0047, 0048).

-- How a version came to be: a half-built one is resumed only by the same build over the same range. Without one it is never resumed.
alter table projections add column recipe text, add column retired_at timestamptz;

-- Infrastructure, like projections: a projection is of all tenants.
create table replays (
  id           uuid        primary key,
  projection   text        not null,
  verb         text        not null check (verb in ('replay', 'rollback')),
  options      jsonb       not null,
  state        text        not null
    check (state in ('requested', 'running', 'stopped', 'built', 'switched', 'mismatch', 'failed')),
  version      integer,
  progress     jsonb,
  certificate  jsonb,
  error        text,
  requested_by text        not null,
  requested_at timestamptz not null default now(),
  -- The service runs it: it is taken up again where its process died.
  managed      boolean     not null,
  stop_wanted  boolean     not null default false,
  heartbeat_at timestamptz,
  ended_at     timestamptz
);
create index replays_projection on replays (projection, requested_at desc);
create index replays_open on replays (requested_at) where state in ('requested', 'running');

-- What a version had parked when another one took its place: a rollback takes it up again.
create table retired_parked_events (like parked_events including defaults, version integer not null);
create index retired_parked_events_version on retired_parked_events (consumer, version);
call tradewind_isolate('retired_parked_events');

-- What only the owner of the tables may do, and a replay has to. Callable by those who see all tenants anyway: the owner, the system's role.
create procedure tradewind_guard_versions(target text) language plpgsql as $$
begin
  if session_user <> current_user
    and not exists (select 1 from pg_roles where rolname = session_user and (rolbypassrls or rolsuper)) then
    raise exception 'versions of projections are made and dropped by the system''s role' using errcode = '42501';
  end if;
  if target !~ '^[a-z][a-z0-9_]*$' or not exists (select 1 from projections where name = target) then
    raise exception 'there is no projection %', target using errcode = '42704';
  end if;
end $$;

-- The columns outlive the tables that have them: a version that stands elsewhere has no table to make the next one like.
create function tradewind_keep_shape(target text, live integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  call tradewind_guard_versions(target);
  if to_regclass(target || '_shape') is null then
    execute format('create table %I (like %I including all)', target || '_shape', target || '_v' || live);
    call tradewind_isolate((target || '_shape')::regclass);
  end if;
end $$;

create function tradewind_make_version(target text, version integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  call tradewind_guard_versions(target);
  if to_regclass(target || '_v' || version) is null then
    execute format('create table %I (like %I including all)', target || '_v' || version, target || '_shape');
    call tradewind_isolate((target || '_v' || version)::regclass);
  end if;
end $$;

create function tradewind_drop_version(target text, version integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  call tradewind_guard_versions(target);
  execute format('drop table if exists %I', target || '_v' || version);
end $$;

-- No version: it stands in another store, and a reader that knows of none but this one has to fail loudly.
create function tradewind_show_version(target text, version integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  call tradewind_guard_versions(target);
  if version is null then
    execute format('drop view if exists %I', target);
  else
    execute format('create or replace view %I with (security_invoker = true) as select * from %I',
      target, target || '_v' || version);
  end if;
end $$;
