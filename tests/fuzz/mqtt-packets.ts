import { connect } from 'node:net';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';

const PATIENCE_MS = 20_000;
const TYPE = { connect: 1, publish: 3, pubrel: 6, subscribe: 8, unsubscribe: 10, ping: 12, disconnect: 14 };

export interface Login {
  readonly username: string;
  readonly password: string;
}

const short = (value: number): Buffer => Buffer.of(value >> 8, value & 255);
const text = (value: string): Buffer => Buffer.concat([short(Buffer.byteLength(value)), Buffer.from(value)]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

function packet(type: number, flags: number, ...body: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  return Buffer.concat([Buffer.of((type << 4) | flags), varint(bytes.length), bytes]);
}

/** What a good device says, packet by packet, in MQTT 3.1.1 or 5. */
function goodPackets(
  version: 4 | 5,
  { username, password }: Login,
  topic: string,
  payload: Buffer,
): Buffer[] {
  const properties = version === 5 ? Buffer.of(0) : Buffer.of();
  const clean = 2;
  const named = 0xc0;
  const publish = (qos: number): Buffer =>
    packet(TYPE.publish, qos << 1, text(topic), qos > 0 ? short(qos) : Buffer.of(), properties, payload);
  return [
    packet(
      TYPE.connect,
      0,
      ...[text('MQTT'), Buffer.of(version, named | clean), short(60), properties, text('')],
      ...[text(username), text(password)],
    ),
    ...[publish(0), publish(1), publish(2)],
    packet(TYPE.pubrel, 2, short(2)),
    packet(TYPE.ping, 0),
    packet(TYPE.subscribe, 2, short(3), properties, text('#'), Buffer.of(1)),
    packet(TYPE.unsubscribe, 2, short(4), properties, text('#')),
    packet(TYPE.disconnect, 0),
  ];
}

const strange = fc
  .record({
    head: fc.nat({ max: 255 }),
    length: fc.constantFrom(
      [0],
      [1],
      [127],
      [128],
      [255, 255, 255, 127],
      [128, 128, 128, 128, 1],
      [255, 255, 3],
    ),
    body: fc.uint8Array({ maxLength: 64 }),
  })
  .map(({ head, length, body }) => Buffer.concat([Buffer.of(head, ...length), body]));

/** Bytes of a connection on which some packets are not what they should be. */
export function connections(login: Login, topic: string, payload: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.oneof(
    fc.tuple(fc.nat(), mutations).map(([n, mutate]) => (packets: Buffer[]) => {
      const at = n % packets.length;
      return packets.with(at, mutate(packets[at]!));
    }),
    fc.tuple(fc.nat(), strange).map(
      ([n, odd]) =>
        (packets: Buffer[]) =>
          packets.toSpliced(n % packets.length, 0, odd),
    ),
    fc.nat().map((n) => (packets: Buffer[]) => packets.toSpliced(n % packets.length, 1)),
    fc.nat().map((n) => (packets: Buffer[]) => [...packets, packets[n % packets.length]!]),
  );
  return fc
    .tuple(fc.constantFrom(4 as const, 5 as const), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([version, changes]) =>
      Buffer.concat(changes.reduce((all, make) => make(all), goodPackets(version, login, topic, payload))),
    );
}

/** Sends it, says that nothing more comes, and resolves with the types of the packets that came back. */
export function throwPackets(port: number, bytes: Buffer): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setTimeout(PATIENCE_MS, () => reject(new Error('neither answered nor closed')));
    socket.on('data', (part: Buffer) => void parts.push(part));
    // Being hung up on is the answer that most of this deserves.
    socket.on('error', () => undefined);
    socket.once('close', () => resolve([...typesIn(Buffer.concat(parts))]));
  });
}

function* typesIn(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length;) {
    yield bytes[at]! >> 4;
    let [length, shift] = [0, 0];
    do length |= (bytes[++at]! & 127) << (7 * shift++);
    while (bytes[at]! > 127);
    at += 1 + length;
  }
}
