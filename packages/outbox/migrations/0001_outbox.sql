-- What every service's database carries (ADR 0003): outbox, inbox, idempotency records, parked events,
-- projections and their checkpoints.

-- Every tenant's table: row-level security under the service's ordinary role.
create procedure tradewind_isolate(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy tenant on %s using (store_id = (select current_setting(''tradewind.store_id'', true)))', target);
end $$;

-- Unsent events. The id is drawn while the aggregate's row is locked, so ids of one aggregate rise in commit order.
create table outbox (
  id                bigint generated always as identity primary key,
  store_id          text        not null,
  topic             text        not null,
  partition_key     text        not null,
  event_id          uuid        not null,
  event_type        text        not null,
  aggregate_version integer     not null,
  correlation_id    text        not null,
  traceparent       text,
  payload           bytea       not null,
  -- dead letters say here where they come from
  headers           jsonb,
  created_at        timestamptz not null default now(),
  parked_reason     text
);
create index outbox_parked on outbox (topic, partition_key) where parked_reason is not null;
-- The table turns over thousands of rows a second and is nearly empty at rest: vacuum by count, not by share.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000);
call tradewind_isolate('outbox');

-- What each consumer has applied, written in the transaction of the effect.
create table inbox (
  store_id   text        not null,
  consumer   text        not null,
  event_id   uuid        not null,
  applied_at timestamptz not null default now(),
  primary key (consumer, event_id)
);
call tradewind_isolate('inbox');

create table idempotency_keys (
  store_id     text        not null,
  principal    text        not null,
  route        text        not null,
  key          text        not null,
  payload_hash text        not null,
  status       smallint    not null,
  body         text        not null,
  created_at   timestamptz not null default now(),
  primary key (store_id, principal, route, key)
);
create index idempotency_keys_age on idempotency_keys using brin (created_at);
call tradewind_isolate('idempotency_keys');

-- The head of a key's row is the event that failed; what follows of that key waits behind it in arrival order.
create table parked_events (
  id              bigint generated always as identity primary key,
  store_id        text        not null,
  consumer        text        not null,
  topic           text        not null,
  partition_key   text        not null,
  partition       integer     not null,
  kafka_offset    bigint      not null,
  headers         jsonb       not null,
  payload         bytea       not null,
  error_code      text,
  error           text,
  attempts        integer     not null default 0,
  next_attempt_at timestamptz,
  parked_at       timestamptz not null default now(),
  unique (consumer, topic, partition, kafka_offset)
);
create index parked_events_key on parked_events (consumer, topic, partition_key, id);
call tradewind_isolate('parked_events');

-- Versions of each projection that stand side by side. Infrastructure, not tenant data.
create table projections (
  name       text        not null,
  version    integer     not null,
  state      text        not null check (state in ('building', 'live', 'retired')),
  created_at timestamptz not null default now(),
  primary key (name, version)
);
create unique index projections_one_live on projections (name) where state = 'live';

create table projection_checkpoints (
  projection  text    not null,
  version     integer not null,
  topic       text    not null,
  partition   integer not null,
  next_offset bigint  not null,
  primary key (projection, version, topic, partition),
  foreign key (projection, version) references projections (name, version) on delete cascade
);
