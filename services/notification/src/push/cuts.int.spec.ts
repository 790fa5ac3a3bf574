import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { socketClient } from './clients.fixture.ts';
import { openInstances } from './push.fixture.ts';

let all: Awaited<ReturnType<typeof openInstances>>;
let url: string;

beforeAll(async () => {
  all = await openInstances();
  const settings = { PUSH_MAX_BUFFERED: 64 * 1024, PUSH_HEARTBEAT_MS: 300, PUSH_MESSAGES_PER_SECOND: 500 };
  ({ url } = await all.instance({ ...settings, PUSH_MAX_SUBSCRIPTIONS: 2 }));
});
afterAll(async () => {
  await all?.close();
});

const client = async (options = {}) => socketClient(url, await all.token({ sub: 'ANN' }), options);

describe('a client is cut', () => {
  it('with 1013 when it reads too slowly', async () => {
    const orderId = newId();
    const statuses = Array.from({ length: 90 }, (_, at) => (at % 2 === 0 ? 'PENDING' : 'PAYMENT_PENDING'));
    await all.happens(orderId, 'ANN', statuses);
    const slow = await client();
    slow.say({ type: 'subscribe', orderId });
    await eventually(() => expect(slow.told(orderId)).toHaveLength(1));
    slow.socket.pause();
    // Each answer has some 15 kB, and the kernel takes a few MB before anything waits.
    for (let asked = 0; asked < 1_500; asked++) slow.say({ type: 'subscribe', orderId, version: 0 });
    const reading = setTimeout(() => slow.socket.resume(), 1_500);
    expect(await slow.closed).toBe(1013);
    clearTimeout(reading);
  });

  it('with 1009, 1003, 1008 and 4401 for what it sends and shows', async () => {
    const [large, binary, busy] = await Promise.all([client(), client(), client()]);
    const brief = await socketClient(url, await all.token({ sub: 'ANN', expiresIn: 2 }));
    large.socket.send('x'.repeat(64 * 1024 + 1));
    binary.socket.send(Buffer.from('{}'), { binary: true });
    for (let sent = 0; sent < 4_500; sent++) busy.say({ type: 'ping' });
    const codes = await Promise.all([large, binary, busy, brief].map(({ closed }) => closed));
    expect(codes).toEqual([1009, 1003, 1008, 4401]);
    expect(busy.frames.at(-1)).toEqual({ type: 'error', code: 'RATE_LIMITED' });
  });

  it('when it gives no sign of life', async () => {
    const [dead, alive] = [await client({ autoPong: false }), await client()];
    expect(await dead.closed).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('a message that is no good', () => {
  it('is answered by a stable code, and the connection stays', async () => {
    const { socket, say, frames } = await client();
    for (const text of ['{', '[]', '"text"', 'null']) socket.send(text);
    say({});
    say({ type: 'constructor' });
    say({ type: 'subscribe' });
    say({ type: 'subscribe', channel: 'all' });
    say({ type: 'subscribe', orderId: '' });
    say({ type: 'ack', orderId: 'X', version: 1.5 });
    say({ type: 'ack', orderId: 'X', version: 1 });
    for (const orderId of ['A', 'B', 'C']) say({ type: 'subscribe', orderId });
    say({ type: 'ping' });
    await eventually(() => expect(frames.at(-1)?.type).toBe('pong'));
    expect(frames.map(({ type, code }) => code ?? type)).toEqual([
      ...Array.from({ length: 4 }, () => 'MALFORMED_MESSAGE'),
      ...Array.from({ length: 2 }, () => 'UNKNOWN_TYPE'),
      ...Array.from({ length: 4 }, () => 'INVALID_MESSAGE'),
      ...['NOT_SUBSCRIBED', 'TOO_MANY_SUBSCRIPTIONS', 'pong'],
    ]);
  });
});
