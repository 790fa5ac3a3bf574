import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { type FrameParts, frameOf, OPCODE } from './websocket-frames.ts';

/** What a client puts on the wire once it is connected. */
export interface Attack {
  readonly bytes: Buffer;
  /** How much of it goes out with the request to upgrade, before there is an answer. */
  readonly early: number;
  /** Where the rest is cut in two. */
  readonly cut: number;
}

const CODES = [
  0, 1, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 65_535,
];
const TEXTS = [
  '{"type":"ping"}',
  '{"type":"ack","orderId":"A","version":1}',
  '{"type":"x"}',
  '{',
  '',
  '"🚀"',
];
/** Broken, too long, surrogate, beyond Unicode, cut off. */
const NOT_UTF8 = ['c328', 'c0af', 'eda080', 'f4908080', 'e282'].map((hex) => Buffer.from(hex, 'hex'));
const LENGTHS = [
  0n,
  1n,
  125n,
  126n,
  65_535n,
  65_536n,
  65_537n,
  2n ** 31n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((it) => Buffer.from(it));
const text = fc.constantFrom(...TEXTS).map((it) => Buffer.from(it));
const payload = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 3, arbitrary: fc.constantFrom(...NOT_UTF8) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 130 }).map((it) => Buffer.from(it)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 65_535, 65_536, 65_537).map((size) => Buffer.alloc(size, ' ')),
  },
);
const close = fc
  .tuple(fc.constantFrom(...CODES), fc.constantFrom('', 'bye', 'x'.repeat(123), 'x'.repeat(124)))
  .map(([code, reason]) => Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]));

const good = (parts: fc.Arbitrary<FrameParts>): fc.Arbitrary<Buffer[]> =>
  fc.tuple(parts, mask).map(([given, key]) => [frameOf({ mask: key, ...given })]);

const usual = good(
  fc.oneof(
    text.map((it) => ({ payload: it })),
    text.map((it) => ({ opcode: OPCODE.ping, payload: it })),
    text.map((it) => ({ opcode: OPCODE.pong, payload: it })),
  ),
);

/** Any frame at all: opcodes, reserved bits, lengths that are not true, no mask. */
const strange = fc
  .record(
    {
      fin: fc.boolean(),
      reserved: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.nat({ max: 7 }) },
      ),
      opcode: fc.nat({ max: 15 }),
      mask: fc.option(mask, { nil: undefined, freq: 8 }),
      payload,
      claims: fc.constantFrom(...LENGTHS),
      lengthBytes: fc.constantFrom(0 as const, 2 as const, 8 as const),
    },
    { requiredKeys: ['opcode', 'mask', 'payload'] },
  )
  .map((parts) => [frameOf(parts)]);

const closing = good(fc.oneof(close, payload).map((it) => ({ opcode: OPCODE.close, payload: it })));
const others = good(
  fc.tuple(fc.constantFrom(OPCODE.text, OPCODE.binary, OPCODE.ping), payload).map(([opcode, it]) => ({
    ...{ opcode, payload: it },
  })),
);

/** One message in several frames, which others may come between, rightly (a ping) or not (a second message). */
const fragments = fc
  .tuple(
    fc.constantFrom(OPCODE.text, OPCODE.binary),
    fc.array(payload, { minLength: 2, maxLength: 5 }),
    fc.option(fc.oneof(usual, strange), { freq: 3 }),
    mask,
  )
  .map(([opcode, parts, between, key]) => {
    const frames = parts.map((it, n) =>
      frameOf({
        mask: key,
        payload: it,
        fin: n === parts.length - 1,
        opcode: n === 0 ? opcode : OPCODE.continuation,
      }),
    );
    return between ? frames.toSpliced(1, 0, ...between) : frames;
  });

/** Between good frames one to three that are not, and now and then bytes changed or missing anywhere. */
export const attacks: fc.Arbitrary<Attack> = fc
  .record({
    before: fc.array(usual, { maxLength: 2 }),
    odd: fc.array(fc.oneof(strange, closing, others, fragments), { minLength: 1, maxLength: 3 }),
    after: fc.array(usual, { minLength: 1, maxLength: 2 }),
    mutate: fc.option(mutations, { freq: 3 }),
    early: fc.option(fc.nat({ max: 80 }), { freq: 5 }),
    cut: fc.nat({ max: 200 }),
  })
  .map(({ before, odd, after, mutate, early, cut }) => {
    const bytes = Buffer.concat([before, odd, after].flat(2));
    return { bytes: mutate ? mutate(bytes) : bytes, early: early ?? 0, cut };
  });
