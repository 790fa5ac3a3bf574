import { expect, it } from 'vitest';
import { isUuid, newId } from './ids.ts';

it('makes UUIDv7s that sort by time', () => {
  const before = Date.now();
  const id = newId();
  expect(isUuid(id)).toBe(true);
  expect(id[14]).toBe('7');
  const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

it.each(['', 'E-1', '01a1fecc-662f-70f4-9cde-42c44f4bcb5', ' 01a1fecc-662f-70f4-9cde-42c44f4bcb52'])(
  'knows that %j is no UUID',
  (text) => expect(isUuid(text)).toBe(false),
);
