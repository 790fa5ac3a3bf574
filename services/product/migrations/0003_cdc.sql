-- What change data capture reads here (ADR 0040): the catalogue. A column that is to be told is added to this list and to
-- infra/debezium/product.json.
create publication cdc for table products (
  store_id, product_id, sku, name, description, price_minor, currency, price_since, category_id, attributes, status,
  version, created_at, updated_at);
