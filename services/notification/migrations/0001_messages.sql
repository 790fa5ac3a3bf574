-- Messages to customers and to stores, and what became of them (ADR 0030).

-- What a store says instead of the built-in texts. A version never changes; at most one of a kind is in use.
create table notification_templates (
  store_id    text        not null,
  template    text        not null,
  channel     text        not null check (channel in ('EMAIL', 'SMS', 'PUSH', 'SLACK')),
  locale      text        not null,
  version     integer     not null,
  subject     text,
  body        text        not null,
  active      boolean     not null,
  created_by  text        not null,
  created_at  timestamptz not null,
  primary key (store_id, template, channel, locale, version)
);
create unique index notification_templates_active
  on notification_templates (store_id, template, channel, locale) where active;
call tradewind_isolate('notification_templates');

-- What a recipient wants to hear, and where. A recipient is a customer's id, or `store:<id>` for the store itself.
-- `account_email` is what the customer's account says; the recipient's own address goes before it.
create table notification_preferences (
  store_id      text        not null,
  recipient     text        not null,
  channels      jsonb       not null default '{}',
  locale        text,
  email         text,
  phone         text,
  push_token    text,
  slack_channel text,
  account_email text,
  version       integer     not null default 1,
  updated_at    timestamptz not null,
  primary key (store_id, recipient)
);
call tradewind_isolate('notification_preferences');

-- How many events each recipient's deliveries have had: the versions of ecommerce.notification.notification (ADR 0036).
create table notification_recipients (
  store_id  text    not null,
  recipient text    not null,
  events    integer not null,
  primary key (store_id, recipient)
);
call tradewind_isolate('notification_recipients');

-- One per event, recipient and template. Ids sort by the time in which they were made: "C" compares bytes.
create table notifications (
  store_id        text        not null,
  notification_id text collate "C" not null,
  recipient       text        not null,
  template        text        not null,
  category        text        not null check (category in ('TRANSACTIONAL', 'MARKETING')),
  resource        text        not null,
  event_id        uuid        not null,
  correlation_id  text        not null,
  locale          text        not null,
  created_at      timestamptz not null,
  primary key (store_id, notification_id),
  constraint notifications_once unique (event_id, recipient, template)
);
create index notifications_recipient on notifications (store_id, recipient, notification_id);
call tradewind_isolate('notifications');

-- One per channel. Text and address are those of the time of the event, so that each try sends the same message.
create table notification_deliveries (
  store_id            text        not null,
  delivery_id         text collate "C" not null,
  notification_id     text collate "C" not null,
  channel             text        not null check (channel in ('EMAIL', 'SMS', 'PUSH', 'SLACK')),
  status              text        not null check (status in ('PENDING', 'SENT', 'FAILED', 'SUPPRESSED')),
  code                text,
  address             text,
  subject             text,
  body                text,
  template_version    integer,
  attempts            integer     not null default 0,
  next_attempt_at     timestamptz,
  leased_until        timestamptz,
  provider_message_id text,
  created_at          timestamptz not null,
  updated_at          timestamptz not null,
  primary key (store_id, delivery_id),
  foreign key (store_id, notification_id) references notifications on delete cascade,
  check ((status = 'PENDING') = (next_attempt_at is not null)),
  check (status not in ('FAILED', 'SUPPRESSED') or code is not null)
);
create index notification_deliveries_notification on notification_deliveries (store_id, notification_id);
create index notification_deliveries_status on notification_deliveries (store_id, status, notification_id);
create index notification_deliveries_due on notification_deliveries (channel, next_attempt_at) where status = 'PENDING';
call tradewind_isolate('notification_deliveries');
