import { isDecimal } from '#decimal.ts';

/** Times that RFC 3339, and so JSON and every database, can say: the years 1 to 9999. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Whether everything in an event can be stored by whoever consumes it: text without zero characters, times with a year,
 * amounts of our size. No producer of ours writes anything else, but bytes can be changed and still decode. Pure.
 */
export function isStorable(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !value.includes('\0');
    case 'bigint':
      return isDecimal(value);
    case 'object': {
      if (value === null) return true;
      if (value instanceof Date) return value.getTime() >= FIRST_MS && value.getTime() <= LAST_MS;
      for (const key in value) {
        if (key.includes('\0') || !isStorable((value as Record<string, unknown>)[key])) return false;
      }
      return true;
    }
    default:
      return true;
  }
}
