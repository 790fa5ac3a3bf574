import { describe, expect, it } from 'vitest';
import { type FrameParts, frameOf, OPCODE } from './websocket-frames.ts';
import { expectedOf } from './websocket-oracle.ts';

const mask = Buffer.of(1, 2, 3, 4);
const stream = (...frames: readonly FrameParts[]): Buffer =>
  Buffer.concat(frames.map((parts) => frameOf({ mask, ...parts })));
const text = (payload: string, more: FrameParts = {}): FrameParts => ({
  payload: Buffer.from(payload),
  ...more,
});

describe('what RFC 6455 says', () => {
  it('puts a message together from its fragments, with a ping between them', () => {
    const bytes = stream(
      text('a', { fin: false }),
      text('x', { opcode: OPCODE.ping }),
      text('b', { opcode: OPCODE.continuation }),
      text('c', { lengthBytes: 8 }),
    );
    expect(expectedOf(bytes)).toEqual({ close: undefined, texts: ['ab', 'c'], pings: 1 });
    expect(expectedOf(bytes.subarray(0, -1))).toEqual({ close: undefined, texts: ['ab'], pings: 1 });
  });

  it.each<[string, FrameParts[], number]>([
    ['no mask', [{ mask: undefined }], 1002],
    ['a reserved bit', [{ reserved: 4 }], 1002],
    ['an unknown opcode', [{ opcode: 3 }], 1002],
    ['the rest of nothing', [{ opcode: 0 }], 1002],
    ['a message within another', [{ fin: false }, {}], 1002],
    ['a ping in parts', [{ opcode: OPCODE.ping, fin: false }], 1002],
    ['a long ping', [{ opcode: OPCODE.ping, payload: Buffer.alloc(126) }], 1002],
    ['half a code', [{ opcode: OPCODE.close, payload: Buffer.of(3) }], 1002],
    ['a code that is not sent', [{ opcode: OPCODE.close, payload: Buffer.of(3, 238) }], 1002],
    ['an own code', [{ opcode: OPCODE.close, payload: Buffer.of(0x0f, 0xa0) }], 4000],
    ['no code', [{ opcode: OPCODE.close }], 1005],
    ['a binary message', [{ opcode: OPCODE.binary }], 1003],
    ['no UTF-8', [{ payload: Buffer.of(0xc3, 0x28) }], 1007],
    ['too much', [{ claims: 65_537n }], 1009],
    [
      'too much in parts',
      [
        { fin: false, payload: Buffer.alloc(40_000) },
        { opcode: 0, claims: 40_000n },
      ],
      1009,
    ],
  ])('ends the connection after %s', (_, frames, code) => {
    expect(expectedOf(stream(...frames))).toMatchObject({ close: code, texts: [] });
  });
});
