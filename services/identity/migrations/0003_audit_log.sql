-- Sensitive acts, each entry bound to the one before by its hash (ADR 0027).

create table audit_log (
  store_id      text           not null,
  seq           bigint         not null,
  at            timestamptz(3) not null,
  actor         text           not null,
  action        text           not null,
  resource      text           not null,
  details       jsonb          not null,
  event_id      uuid,
  previous_hash bytea          not null check (length(previous_hash) = 32),
  hash          bytea          not null check (length(hash) = 32),
  primary key (store_id, seq)
);
create index audit_log_resource on audit_log (store_id, resource);
-- As tradewind_isolate, but without UPDATE and DELETE: for the ordinary role what is written stays.
alter table audit_log enable row level security;
create policy tenant_reads on audit_log for select
  using (store_id = (select current_setting('tradewind.store_id', true)));
create policy tenant_appends on audit_log for insert
  with check (store_id = (select current_setting('tradewind.store_id', true)));

-- Where each tenant's log ends. Locked while an entry is added: entries of a tenant follow each other.
create table audit_heads (
  store_id text   primary key,
  seq      bigint not null default 0,
  hash     bytea  not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32)
);
call tradewind_isolate('audit_heads');
