/**
 * A new identifier: UUIDv7 (RFC 9562), so ids sort by the millisecond in which they were made and index
 * pages fill in order. Ids are opaque to clients.
 */
export function newId(): string {
  // A random v4 with its first 48 bits replaced by the time: the web's `crypto` has no randomUUIDv7.
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

/** Whether a text has the form of a UUID, of any version. */
export const isUuid = (text: string): boolean =>
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text);
