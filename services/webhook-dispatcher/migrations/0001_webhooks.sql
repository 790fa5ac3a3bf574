-- Subscriptions, what is to be delivered to them, and what came of it (ADR 0031).
-- Ids sort by the time in which they were made: "C" compares bytes.
create table webhook_subscriptions (
  store_id        text        not null,
  subscription_id text collate "C" not null,
  url             text        not null,
  event_types     text[]      not null,
  description     text,
  status          text        not null check (status in ('ACTIVE', 'PAUSED', 'DISABLED', 'DELETED')),
  -- why it is DISABLED
  reason          text,
  -- deliveries per second; null = as fast as the endpoint answers
  rate_limit      integer     check (rate_limit > 0),
  -- sealed with the service's key (ADR 0038); the previous one signs too, until its time
  secret          bytea       not null,
  previous_secret bytea,
  previous_until  timestamptz,
  -- what the last attempts were like: the breaker and the slow start live here, so that all instances obey one
  failures        integer     not null default 0,
  failing_since   timestamptz,
  probe_at        timestamptz,
  lanes           integer     not null check (lanes > 0),
  tokens          double precision,
  tokens_at       timestamptz,
  -- aggregate version of the events about it
  told            integer     not null default 0,
  -- what occurs from then on is matched with its present filter
  filter_since    timestamptz not null,
  version         integer     not null default 1,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (store_id, subscription_id)
);
create index webhook_subscriptions_active on webhook_subscriptions (subscription_id) where status = 'ACTIVE';
call tradewind_isolate('webhook_subscriptions');

-- Grows with every change of a tenant's subscriptions: the intake keeps them in memory only while it stands still.
create table webhook_revisions (
  store_id text   not null primary key,
  revision bigint not null
);
call tradewind_isolate('webhook_revisions');

-- The body of an event, byte for byte as it is signed, once for all its deliveries.
create table webhook_events (
  store_id       text        not null,
  event_id       uuid        not null,
  event_type     text        not null,
  topic          text        not null,
  partition_key  text        not null,
  correlation_id text        not null,
  body           text        not null,
  created_at     timestamptz not null default now(),
  primary key (store_id, event_id)
);
create index webhook_events_age on webhook_events (created_at);
call tradewind_isolate('webhook_events');

-- One event for one subscription. Deliveries of a subscription that share topic and key (its lane) go out in the order of
-- `seq`, one at a time: only the head of a lane has a `next_attempt_at`. While the subscription is not ACTIVE that is infinity.
create table webhook_deliveries (
  store_id        text        not null,
  delivery_id     text collate "C" not null,
  subscription_id text collate "C" not null,
  event_id        uuid        not null,
  topic           text        not null,
  partition_key   text        not null,
  seq             bigint      generated always as identity,
  status          text        not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'FAILED', 'REFUSED')),
  -- grows with each redelivery; the tries of the present round count for the schedule
  round           integer     not null default 1,
  tries           integer     not null default 0,
  attempts        integer     not null default 0,
  next_attempt_at timestamptz,
  -- set while a process has it in hand; `claims` tells an outcome that comes too late
  leased_until    timestamptz,
  leased_by       text,
  claims          integer     not null default 0,
  created_at      timestamptz not null default now(),
  ended_at        timestamptz,
  primary key (store_id, delivery_id),
  constraint webhook_deliveries_once unique (subscription_id, event_id),
  foreign key (store_id, subscription_id) references webhook_subscriptions,
  foreign key (store_id, event_id) references webhook_events,
  check ((status = 'PENDING') = (ended_at is null))
);
create unique index webhook_deliveries_head on webhook_deliveries (subscription_id, topic, partition_key)
  where status = 'PENDING' and next_attempt_at is not null;
create index webhook_deliveries_lane on webhook_deliveries (subscription_id, topic, partition_key, seq)
  where status = 'PENDING';
create index webhook_deliveries_due on webhook_deliveries (subscription_id, next_attempt_at)
  where status = 'PENDING' and next_attempt_at is not null;
create index webhook_deliveries_leased on webhook_deliveries (subscription_id) where leased_until is not null;
create index webhook_deliveries_list on webhook_deliveries (store_id, subscription_id, seq);
create index webhook_deliveries_undelivered on webhook_deliveries (store_id, seq) where status <> 'DELIVERED';
create index webhook_deliveries_event on webhook_deliveries (store_id, event_id);
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where ended_at is not null;
call tradewind_isolate('webhook_deliveries');

create table webhook_delivery_attempts (
  store_id    text        not null,
  delivery_id text collate "C" not null,
  number      integer     not null,
  round       integer     not null,
  at          timestamptz not null,
  status      smallint,
  error       text,
  duration_ms integer     not null,
  primary key (store_id, delivery_id, number),
  foreign key (store_id, delivery_id) references webhook_deliveries on delete cascade
);
call tradewind_isolate('webhook_delivery_attempts');

-- How far the intake has read each topic. Infrastructure, not tenant data.
create table webhook_intake (
  topic       text    not null,
  partition   integer not null,
  next_offset bigint  not null,
  primary key (topic, partition)
);
