import { describe, expect, it } from 'vitest';
import { inexactNumber } from './exact-numbers.ts';

describe('a number that a double does not hold as written', () => {
  it.each([
    ['{"price":129.5000000000000000000000001}', '129.5000000000000000000000001'],
    ['{"price":9007199254740993}', '9007199254740993'],
    ['[1, -0.12345678901234567891]', '-0.12345678901234567891'],
    ['{"price":1E400}', '1E400'],
    ['{"price":1e-400}', '1e-400'],
    ['{"a":"1234567890123456789","b":0.1000000000000000000001}', '0.1000000000000000000001'],
  ])('is found in %s', (json, found) => expect(inexactNumber(json)).toBe(found));

  it.each([
    ['{"price":129.505}'],
    ['{"price":129.50000000000000000000}'],
    ['{"price":0.1e1,"more":1e21,"less":15e-1}'],
    ['{"price":9007199254740992}'],
    ['{"price":-0.0000000000000000}'],
    ['{"id":"123456789012345678901234567890","text":"say \\"129.5000000000000000000000001\\""}'],
    ['{"unfinished":"123456789012345678901'],
  ])('is not in %s', (json) => expect(inexactNumber(json)).toBeUndefined());

  it.each([
    ['escaped quotes', `1234567890123456"${'\\"'.repeat(80_000)}`],
    ['zeros', `1${'0'.repeat(250_000)}1`],
    ['exponents', `1e${'9'.repeat(250_000)}`],
  ])('does not cost more than its length: %s', (_, json) => {
    const started = performance.now();
    inexactNumber(json);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
