declare const crypto: { randomUUIDv7(): string };

/**
 * A new identifier: UUIDv7 (RFC 9562), so ids sort by the millisecond in which they were made and index
 * pages fill in order. Ids are opaque to clients.
 */
export function newId(): string {
  return crypto.randomUUIDv7();
}
