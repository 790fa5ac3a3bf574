import { inventoryError } from '#errors.ts';

const ID = /^[\x21-\x7e]{1,128}$/;

/** An id from outside: visible ASCII, so that it can stand in a path, a key and a log line. */
export function idIn(value: string, field: string): string {
  if (!ID.test(value))
    throw inventoryError('INVALID_REQUEST', { message: `${field}: 1 to 128 visible characters` });
  return value;
}

/** The same where proto3's empty string stands for none. */
export const optionalIdIn = (value: string, field: string): string | undefined =>
  value === '' ? undefined : idIn(value, field);
