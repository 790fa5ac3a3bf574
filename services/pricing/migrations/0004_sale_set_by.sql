-- Who said the sale's terms last, to be answered for when it begins (docs/adr/0027); null where that is not known.
alter table flash_sales add column set_by text;
