-- What change data capture reads here (ADR 0040): the state of orders, without anybody's address. A column that is to be
-- told is added to this list and to infra/debezium/order.json.
create publication cdc for table orders (
  order_id, store_id, user_id, status, currency, total_minor, captured_minor, refunded_minor, version,
  reservation_id, payment_id, cancellation, expires_at, created_at, updated_at);
