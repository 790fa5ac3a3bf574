-- Records are deleted by age, the oldest first (ADR 0009). A block range index forgets where the oldest are once their
-- place is used again.
drop index idempotency_keys_age;
create index idempotency_keys_age on idempotency_keys (created_at);
