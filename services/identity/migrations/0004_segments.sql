-- Whose price lists and promotions a customer gets (ADR 0016).
alter table customers add column segment text check (segment ~ '^[A-Za-z0-9_.-]{1,50}$');
