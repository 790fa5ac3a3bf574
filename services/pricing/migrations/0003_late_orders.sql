-- True since the use's hold lapsed, also after its order was heard of and took it again: such a use was not asked whether
-- its code's limits allow it (docs/adr/0019).
alter table discount_code_uses add column lapsed boolean not null default false;
