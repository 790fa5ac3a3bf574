import { describe, expect, it } from 'vitest';
import { unstorable } from './storable-text.ts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

describe('text that Postgres cannot store', () => {
  it.each([
    [{ name: 'a\0b' }, 'body.name'],
    [{ items: [{ sku: '\uD800' }] }, 'body.items.0.sku'],
    [{ deep: { '\0': 1 } }, 'body.deep'],
    ['\0', 'body'],
  ])('%j is found at %s', (value, path) => expect(unstorable(value, 'body')?.path).toBe(path));

  it.each([
    [undefined],
    [null],
    [5],
    ['smile 😀'],
    [{ a: [true, 'ü', null] }],
    [{ stream: Buffer.from([0]) }],
    [nested(64)],
  ])('%j is fine', (value) => expect(unstorable(value, 'body')).toBeUndefined());

  it('is not looked for below a depth that would break the call stack', () => {
    expect(unstorable(nested(65), 'body')).toEqual({ path: 'body', message: 'is nested too deeply' });
    const text = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    expect(unstorable(JSON.parse(text), 'body')?.path).toBe('body');
  });
});
