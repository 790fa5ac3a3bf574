import { connect } from 'node:net';
import { type Mutate, mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** A connection that is neither answered nor closed is cut by the one who made it. */
const LIFE_MS = 300;

/** A gRPC message in its five-byte frame. */
export function framed(message: Buffer, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A frame of HTTP/2: RFC 9113, section 4.1. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A literal header field with a new name: RFC 7541, section 6.2.2. */
function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length: number[] = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.of(...length, rest), bytes]);
}

interface Call {
  readonly authority: string;
  readonly path: string;
  readonly bearer: string;
  readonly bytes: Buffer;
}

/** The frames of a good call, one by one. */
function goodFrames({ authority, path, bearer, bytes }: Call): Buffer[] {
  const headers = Buffer.concat([
    ...[
      field(':method', 'POST'),
      field(':scheme', 'http'),
      field(':path', path),
      field(':authority', authority),
    ],
    ...[field('content-type', 'application/grpc'), field('te', 'trailers'), field('authorization', bearer)],
  ]);
  return [
    PREFACE,
    frame(4, 0, 0, Buffer.of()),
    frame(1, 4, 1, headers),
    frame(0, 1, 1, framed(bytes)),
    frame(6, 0, 0, Buffer.alloc(8)),
  ];
}

/** A connection that says what a good client says, but for some frames: resolves when it is over. */
export function throwFrames(call: Call): fc.Arbitrary<() => Promise<string>> {
  const good = goodFrames(call);
  const strange = fc
    .tuple(
      fc.nat({ max: 15 }),
      fc.nat({ max: 255 }),
      fc.constantFrom(0, 1, 2, 3, 2 ** 31 - 1),
      fc.uint8Array({ maxLength: 64 }),
    )
    .map(([type, flags, stream, payload]) => frame(type, flags, stream, Buffer.from(payload)));
  const change = fc.oneof(
    fc.tuple(fc.nat(), mutations).map(
      ([n, mutate]: [number, Mutate]) =>
        (frames: Buffer[]) =>
          frames.with(n % frames.length, mutate(frames[n % frames.length]!)),
    ),
    fc.tuple(fc.nat(), strange).map(
      ([n, odd]) =>
        (frames: Buffer[]) =>
          frames.toSpliced(1 + (n % frames.length), 0, odd),
    ),
    fc.nat().map((n) => (frames: Buffer[]) => frames.toSpliced(n % frames.length, 1)),
    fc
      .nat()
      .map((n) => (frames: Buffer[]) => [
        ...frames,
        ...Array.from({ length: 50 }, () => frames[n % frames.length]!),
      ]),
  );
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const bytes = Buffer.concat(changes.reduce((frames, make) => make(frames), good));
    return () => send(call.authority, bytes);
  });
}

function send(authority: string, bytes: Buffer): Promise<string> {
  const [host = '', port = ''] = authority.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => socket.write(bytes));
    const cut = setTimeout(() => socket.destroy(), LIFE_MS);
    socket.resume();
    // Being hung up on is the answer that most of this deserves.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(cut);
      resolve('over');
    });
  });
}
