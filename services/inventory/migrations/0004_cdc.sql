-- What change data capture reads here (ADR 0040): the ledger. A column that is to be told is added to this list and to
-- infra/debezium/inventory.json.
create publication cdc for table inventory_adjustment (
  store_id, adjustment_id, location_id, sku, product_id, delta, reason, reservation_id, device_id, seq,
  on_hand_after, created_at);
