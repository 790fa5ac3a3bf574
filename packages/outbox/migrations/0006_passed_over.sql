-- Events that an operator gave up for a projection: its rows go on without them, in whichever store they stand (ADR 0059).
create table passed_over_events (
  store_id          text        not null,
  projection        text        not null,
  topic             text        not null,
  partition_key     text        not null,
  aggregate_version integer     not null,
  passed_over_at    timestamptz not null default now(),
  primary key (store_id, projection, topic, partition_key, aggregate_version)
);
call tradewind_isolate('passed_over_events');
