-- What the batch job has found for each tenant and day of UTC (ADR 0053). A day whose facts change later gets a new
-- revision; one that comes to the same again gets none.
create table sales_summary (
  store_id    text        not null,
  day         date        not null,
  revision    integer     not null check (revision > 0),
  -- of the summary's text: reruns are compared by it
  digest      text        not null,
  summary     jsonb       not null,
  -- the day's facts had changed so often when this was made
  changes     bigint      not null,
  watermark   timestamptz not null,
  -- when the day was first told, and when this revision was
  ready_at    timestamptz not null,
  computed_at timestamptz not null,
  primary key (store_id, day, revision)
);
call tradewind_isolate('sales_summary');
