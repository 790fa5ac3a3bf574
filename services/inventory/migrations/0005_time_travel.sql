-- Until when a reservation held its pieces, so that the past can be asked for (docs/adr/0058): null while it does.
alter table stock_reservation add column held_until timestamptz;

-- What was sold was held until its first row in the ledger. What lapsed and was paid after all counts as held until then:
-- when it lapsed was not kept so far.
update stock_reservation r
set held_until = coalesce(
  (select s.sold_at from (
    select store_id, reservation_id, min(created_at) as sold_at from inventory_adjustment
    where reservation_id is not null group by store_id, reservation_id
  ) s where s.store_id = r.store_id and s.reservation_id = r.reservation_id),
  updated_at)
where state <> 'HELD';

-- What happened since a moment is at the end of the table, more or less: a few pages of index, next to nothing for those
-- who reserve.
create index stock_reservation_made on stock_reservation using brin (created_at)
  with (pages_per_range = 32, autosummarize = on);
create index stock_reservation_ended on stock_reservation using brin (held_until)
  with (pages_per_range = 32, autosummarize = on);
