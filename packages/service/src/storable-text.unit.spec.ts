import { describe, expect, it } from 'vitest';
import { unstorable } from './storable-text.ts';

describe('text that Postgres cannot store', () => {
  it.each([
    [{ name: 'a\0b' }, 'body.name'],
    [{ items: [{ sku: '\uD800' }] }, 'body.items.0.sku'],
    [{ deep: { '\0': 1 } }, 'body.deep'],
    ['\0', 'body'],
  ])('%j is found at %s', (value, path) => expect(unstorable(value, 'body')).toBe(path));

  it.each([
    [undefined],
    [null],
    [5],
    ['smile 😀'],
    [{ a: [true, 'ü', null] }],
    [{ stream: Buffer.from([0]) }],
  ])('%j is fine', (value) => expect(unstorable(value, 'body')).toBeUndefined());
});
