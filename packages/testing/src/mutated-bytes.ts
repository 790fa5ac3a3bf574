import fc from 'fast-check';

export type Mutate = (bytes: Buffer) => Buffer;

/** Bytes that mean something to parsers: ends of ranges, lengths, continuations. */
const ODD = [
  Buffer.of(0),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f),
  Buffer.of(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
  Buffer.of(0x7f, 0xff, 0xff, 0xff),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.alloc(1_000, 0x41),
];

const place = fc.nat({ max: 100_000 });
const at = (bytes: Buffer, n: number): number => n % (bytes.length + 1);

const one: fc.Arbitrary<Mutate> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 7 })).map(([n, bit]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const index = n % Math.max(changed.length, 1);
    if (changed.length > 0) changed[index] = changed[index]! ^ (1 << bit);
    return changed;
  }),
  fc.tuple(place, fc.constantFrom(...ODD)).map(
    ([n, odd]) =>
      (bytes: Buffer) =>
        spliced(bytes, at(bytes, n), 0, odd),
  ),
  fc.tuple(place, fc.constantFrom(...ODD)).map(
    ([n, odd]) =>
      (bytes: Buffer) =>
        spliced(bytes, at(bytes, n), odd.length, odd),
  ),
  fc.tuple(place, fc.nat({ max: 8 })).map(
    ([n, length]) =>
      (bytes: Buffer) =>
        spliced(bytes, at(bytes, n), length, Buffer.of()),
  ),
  place.map((n) => (bytes: Buffer) => bytes.subarray(0, at(bytes, n))),
  fc.tuple(place, place).map(([n, m]) => (bytes: Buffer) => {
    const [from, to] = [at(bytes, n), at(bytes, m)];
    return spliced(bytes, to, 0, bytes.subarray(from, from + 64));
  }),
);

function spliced(bytes: Buffer, from: number, length: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from + length)]);
}

/** One to three small changes of a message: nearly right is what parsers fall over. */
export const mutations: fc.Arbitrary<Mutate> = fc
  .array(one, { minLength: 1, maxLength: 3 })
  .map((all) => (bytes: Buffer) => all.reduce((changed, mutate) => mutate(changed), bytes));
