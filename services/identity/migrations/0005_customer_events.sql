-- Customers are told of by events, and can be erased (ADR 0030).

-- `events` is the version of ecommerce.identity.customer: customers of before there were events have had none.
alter table customers
  add column events integer not null default 0,
  add column anonymized_at timestamptz;
