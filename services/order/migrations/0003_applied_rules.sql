-- Prices come from pricing, with what made them (docs/adr/0019): the projection of them is not read any more.
drop view product_prices;
drop table product_prices_v1;
delete from projections where name = 'product_prices';

-- Of one piece before any rule; of the whole line where that is not qty × price; what set it.
alter table order_items add column list_minor bigint check (list_minor >= 0);
alter table order_items add column total_minor bigint check (total_minor >= 0);
alter table order_items add column rules jsonb;
-- Discount, codes and rules of the whole order, where it has any.
alter table orders add column pricing jsonb;
