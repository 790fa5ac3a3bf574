-- Rows of a version stand in one of several stores (ADR 0043); only Postgres has a table and a view of them.
alter table projections add column store text not null default 'postgres'
  check (store in ('postgres', 'cassandra', 'opensearch', 'redis', 'redis+cassandra'));
