-- Devices that report changes of stock, and what of it has not reached the stock (ADR 0039).

-- A device belongs to the tenant that its first reading named; ids are unique over all tenants.
create table device (
  store_id        text        not null,
  device_id       text        not null,
  status          text        not null check (status in ('ACTIVE', 'QUARANTINED')),
  quarantined_for text,
  quarantined_at  timestamptz,
  -- events published about it
  version         integer     not null default 0,
  first_seen_at   timestamptz not null,
  last_seen_at    timestamptz not null,
  last_session    text        not null default '',
  last_seq        bigint,
  -- its clock less ours, when its readings arrived
  last_skew_ms    bigint,
  min_skew_ms     bigint,
  max_skew_ms     bigint,
  applied         bigint      not null default 0,
  duplicates      bigint      not null default 0,
  window_start    timestamptz not null,
  window_change   bigint      not null default 0,
  parked_in_a_row integer     not null default 0,
  primary key (store_id, device_id),
  constraint device_once unique (device_id),
  constraint device_quarantine check ((status = 'QUARANTINED') = (quarantined_for is not null))
) with (fillfactor = 50);
call tradewind_isolate('device');

-- Which numbers of a session have come: all from the lowest to the highest but those in the gaps.
drop table device_sequence;
create table device_sequence (
  store_id   text        not null,
  device_id  text        not null,
  session    text        not null,
  lowest     bigint      not null check (lowest >= 0),
  highest    bigint      not null check (highest >= lowest),
  -- [{from, to, since}]: numbers that are missing, ascending, and since when (epoch ms)
  gaps       jsonb       not null,
  updated_at timestamptz not null,
  primary key (store_id, device_id, session),
  foreign key (store_id, device_id) references device (store_id, device_id)
) with (fillfactor = 50);
call tradewind_isolate('device_sequence');

-- What a device may do before it is put into quarantine; the row without a device is the tenant's default.
create table device_rule (
  store_id              text        not null,
  device_id             text        not null,
  max_abs_delta         integer,
  max_change_per_minute bigint,
  max_skew_seconds      integer,
  max_parked_in_a_row   integer,
  max_gaps              integer,
  version               integer     not null,
  updated_by            text        not null,
  updated_at            timestamptz not null,
  primary key (store_id, device_id)
);
call tradewind_isolate('device_rule');

-- Readings that did not reach the stock when they came, and what became of them.
create table device_reading (
  store_id    text        not null,
  reading_id  text        not null,
  arrival     bigint      generated always as identity,
  device_id   text,
  session     text        not null,
  seq         bigint,
  location_id text        not null,
  sku         text        not null,
  delta       integer     not null,
  state       text        not null check (state in ('PARKED', 'KEPT', 'REFUSED', 'APPLIED', 'DROPPED')),
  cause       text        not null,
  reading     jsonb       not null,
  correlation_id text     not null,
  received_at timestamptz not null,
  settled_at  timestamptz,
  settled_by  text,
  primary key (store_id, reading_id),
  constraint device_reading_settled check ((state in ('APPLIED', 'DROPPED')) = (settled_at is not null))
);
create index device_reading_open on device_reading (store_id, arrival) where state in ('PARKED', 'KEPT', 'REFUSED');
create index device_reading_parked on device_reading (store_id, location_id, sku) where state = 'PARKED';
create index device_reading_kept on device_reading (store_id, device_id, arrival) where state = 'KEPT';
call tradewind_isolate('device_reading');
