export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What the two first bytes of a frame and its length say: RFC 6455, section 5.2. */
export interface FrameParts {
  readonly fin?: boolean;
  /** 0 to 7. */
  readonly reserved?: number;
  readonly opcode?: number;
  /** Undefined: not masked, as only a server may send. */
  readonly mask?: Buffer | undefined;
  readonly payload?: Buffer;
  /** What the frame says of its length; its true one unless given. */
  readonly claims?: bigint;
  /** In how many bytes it says so: 0, 2 or 8; the fewest unless given. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export function frameOf({ fin = true, reserved = 0, opcode = OPCODE.text, ...rest }: FrameParts): Buffer {
  const { mask, payload = Buffer.of(), claims = BigInt(payload.length) } = rest;
  const fewest = claims < 126n ? 0 : claims < 65_536n ? 2 : 8;
  const wide = Math.max(rest.lengthBytes ?? fewest, fewest);
  const head = Buffer.alloc(2 + wide);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (wide === 0 ? Number(claims) : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(Number(claims), 2);
  if (wide === 8) head.writeBigUInt64BE(claims, 2);
  return Buffer.concat([head, mask ?? Buffer.of(), mask ? masked(payload, mask) : payload]);
}

/** A frame as far as its bytes have come. */
export interface ReadFrame {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** Of the seven bits: 126 and 127 stand for a length that follows. */
  readonly shortLength: number;
  /** Undefined where those bytes are not there yet. */
  readonly length: bigint | undefined;
  readonly payload: Buffer | undefined;
}

/** Frames of a stream of bytes; of the last one there may be only a part. */
export function* framesIn(bytes: Buffer): Generator<ReadFrame> {
  for (let at = 0; at + 2 <= bytes.length;) {
    const [first, second] = [bytes[at]!, bytes[at + 1]!];
    const shortLength = second & 0x7f;
    const isMasked = second > 0x7f;
    const wide = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0;
    const length = lengthAt(bytes, at + 2, wide, shortLength);
    const from = at + 2 + wide + (isMasked ? 4 : 0);
    const end = length === undefined ? Infinity : from + Number(length);
    const data = end > bytes.length ? undefined : bytes.subarray(from, end);
    yield {
      fin: first > 0x7f,
      reserved: (first >> 4) & 7,
      opcode: first & 15,
      ...{ isMasked, shortLength, length },
      payload: data && isMasked ? masked(data, bytes.subarray(from - 4, from)) : data,
    };
    at = end;
  }
}

function lengthAt(bytes: Buffer, at: number, wide: number, short: number): bigint | undefined {
  if (wide === 0) return BigInt(short);
  if (at + wide > bytes.length) return undefined;
  return wide === 2 ? BigInt(bytes.readUInt16BE(at)) : bytes.readBigUInt64BE(at);
}

const masked = (payload: Buffer, mask: Buffer): Buffer =>
  Buffer.from(payload.map((byte, n) => byte ^ mask[n % 4]!));
