import { describe, expect, it } from 'vitest';
import { forEachPosition, parsePosition, Written } from './position-token.ts';

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a position token', () => {
  it('is none where nothing was written', () => expect(new Written().token(1)).toBeUndefined());

  it('says the last version of each key', () => {
    const written = new Written();
    written.note('orders', 'O-1', 1);
    written.note('orders', 'O-1', 2);
    written.note('orders', 'O-2', 1);
    written.note('stock', 'P-1', 7);
    const { writtenAt, position } = parsePosition(written.token(1_234) ?? '');
    expect(writtenAt).toBe(1_234);
    expect(Object.fromEntries(position.get('orders')!)).toEqual({ 'O-1': 2, 'O-2': 1 });
    expect(Object.fromEntries(position.get('stock')!)).toEqual({ 'P-1': 7 });
  });

  it('takes over what another service wrote', () => {
    const [mine, theirs] = [new Written(), new Written()];
    theirs.note('orders', 'O-1', 1);
    mine.note('carts', 'C-1', 3);
    forEachPosition(theirs.token(1) ?? '', (...place) => mine.note(...place));
    expect([...parsePosition(mine.token(2) ?? '').position.keys()]).toEqual(['carts', 'orders']);
  });

  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', encoded({ t: 1, p: { orders: { O: 'x' } } })],
    ['a version below one', encoded({ t: 1, p: { orders: { O: 0 } } })],
    ['an unknown field', encoded({ t: 1, p: {}, q: 1 })],
    [
      'too many keys',
      encoded({ t: 1, p: { o: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [i, 1])) } }),
    ],
    ['too much', encoded({ t: 1, p: { ['o'.repeat(20_000)]: {} } })],
  ])('%s is refused', (_, token) => {
    expect(() => parsePosition(token)).toThrow(
      expect.objectContaining({ code: 'POSITION_TOKEN_INVALID', kind: 'invalid' }) as Error,
    );
  });

  it('does not mistake a key for something of the language', () => {
    const written = new Written();
    written.note('orders', '__proto__', 1);
    written.note('orders', 'constructor', 2);
    const keys = parsePosition(written.token(1) ?? '').position.get('orders');
    expect(keys?.get('constructor')).toBe(2);
  });
});
