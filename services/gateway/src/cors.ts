/** Headers of replies that a page of another origin may read. */
export const exposedHeaders = [
  'correlation-id',
  'etag',
  'idempotent-replayed',
  'location',
  'position-token',
  'projection-lag',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'search-degraded',
  'search-store',
];
