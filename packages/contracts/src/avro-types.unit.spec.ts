import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalFromBytes, decimalToBytes, parseType } from '#avro-types.ts';

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 };

describe('decimal as bytes', () => {
  it.each([
    [0n, '00'],
    [1n, '01'],
    [-1n, 'ff'],
    [127n, '7f'],
    [128n, '0080'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [32_767n, '7fff'],
    [2n ** 63n - 1n, '7fffffffffffffff'],
    [-(2n ** 63n), '8000000000000000'],
    [2n ** 63n, '008000000000000000'],
    [10n ** 20n - 1n, '056bc75e2d630fffff'],
    [-(10n ** 20n - 1n), 'fa9438a1d29cf00001'],
  ])('%s is %s', (value, hex) => {
    expect(decimalToBytes(value).toString('hex')).toBe(hex);
    expect(decimalFromBytes(Buffer.from(hex, 'hex'))).toBe(value);
  });

  it('survives the round trip over the whole range', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n), (value) => {
        expect(decimalFromBytes(decimalToBytes(value))).toBe(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads padded bytes of other writers', () => {
    expect(decimalFromBytes(Buffer.from('ffffffffffffff9c', 'hex'))).toBe(-100n);
    expect(decimalFromBytes(Buffer.from('00000000000064', 'hex'))).toBe(100n);
    expect(decimalFromBytes(Buffer.alloc(0))).toBe(0n);
  });
});

describe('parseType', () => {
  it('refuses a decimal of another size', () => {
    expect(() => parseType({ ...decimal, scale: 2 })).toThrow('decimal(20,2) is not decimal(20,4)');
  });

  it('refuses numbers, too large amounts and invalid dates', () => {
    const type = parseType(decimal);
    for (const value of [1, '1', null, 10n ** 20n]) expect(type.isValid(value)).toBe(false);
    const time = parseType({ type: 'long', logicalType: 'timestamp-millis' });
    for (const value of [new Date(NaN), 0, '2026-11-21']) expect(time.isValid(value)).toBe(false);
  });

  it('exports a schema that parses to the same type', () => {
    const schema = parseType(decimal).schema({ exportAttrs: true });
    expect(schema).toEqual(decimal);
  });
});
