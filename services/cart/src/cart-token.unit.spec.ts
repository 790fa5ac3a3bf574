import { expect, it } from 'vitest';
import { newCartToken, readCartToken } from '#cart-token.ts';

it('names its tenant, and its hash is not the token', () => {
  const token = newCartToken('STORE-2');
  const read = readCartToken(token);
  expect(read?.storeId).toBe('STORE-2');
  expect(token).not.toContain(read?.hash);
  expect(readCartToken(newCartToken('STORE-2'))?.hash).not.toBe(read?.hash);
});

it.each(['', 'x', 'U1RPUkUtMQ.', `.${'a'.repeat(43)}`, `${'a'.repeat(200)}.${'a'.repeat(43)}`])(
  'takes nothing else: %s',
  (text) => expect(readCartToken(text)).toBeUndefined(),
);
