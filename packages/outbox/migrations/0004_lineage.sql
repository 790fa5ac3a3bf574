-- When what was applied (ADR 0055), and what a command had reached when it answered (ADR 0054).

-- The Position-Token that went with a stored reply, so that a repeat has it too.
alter table idempotency_keys add column position_token text;

-- When a checkpoint moved last, and marks of when it had come how far: at most one a second, kept for an hour.
alter table projection_checkpoints add column applied_at timestamptz not null default now();
create table projection_progress (
  projection  text        not null,
  version     integer     not null,
  topic       text        not null,
  partition   integer     not null,
  next_offset bigint      not null,
  applied_at  timestamptz not null default now(),
  primary key (projection, version, topic, partition, next_offset),
  foreign key (projection, version) references projections (name, version) on delete cascade
);
create index projection_progress_age on projection_progress (applied_at);
