import { isUtf8 } from 'node:buffer';
import { eventually } from '@tradewind/testing/eventually.ts';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { socket } from '../e2e/push.fixture.ts';
import { goods, order, type Product } from '../e2e/shop.fixture.ts';
import { as, token, unique, urlOf } from '../e2e/stack.fixture.ts';
import { isPing, orderMessages, type Orders, refusalOf } from './order-messages.ts';
import { restartsOf } from './restarts.ts';
import { openTalk } from './talk.ts';
import { INNARDS } from './verdict.ts';
import { attacks } from './websocket-attacks.ts';
import { throwAt } from './websocket-client.ts';
import { OPCODE, type ReadFrame } from './websocket-frames.ts';
import { expectedOf, LARGEST_MESSAGE } from './websocket-oracle.ts';

const CONNECTIONS = fuzzRuns(2_500);
const MESSAGES = fuzzRuns(2_500);
const LANES = 8;
const FLOOD = 1_000;
/** Answers that come with the message, so in its order; others wait for a look into the database. */
const AT_ONCE = ['MALFORMED_MESSAGE', 'UNKNOWN_TYPE', 'INVALID_MESSAGE', 'pong'];
const TYPES = ['subscribed', 'unsubscribed', 'order.status', 'pong', 'error'];
const CODES = [...AT_ONCE, 'NOT_FOUND', 'NOT_SUBSCRIBED', 'TOO_MANY_SUBSCRIPTIONS'];

interface Said {
  readonly type: string;
  readonly code?: string;
  readonly orderId?: string;
}

let product: Product;
beforeAll(async () => {
  product = await goods({ onHand: 1_000_000 });
});

/** A customer who is told of each new order while others attack. */
async function amongThem(service: string | undefined, attack: Promise<unknown>): Promise<void> {
  const sub = unique('USER');
  const [client, shopper] = [await socket(await token({ sub }), service), await as({ sub })];
  client.say({ type: 'subscribe', channel: 'me' });
  let over = false;
  async function watch(): Promise<void> {
    do {
      const { orderId } = await order(shopper, product);
      await eventually(() => expect(client.told(orderId)).not.toEqual([]));
    } while (!over);
  }
  await Promise.all([attack.finally(() => (over = true)), watch()]);
  expect(client.ws.readyState).toBe(client.ws.OPEN);
}

/** Frames as a server may send them; their texts and the code of its close frame. */
function readReplies(frames: readonly ReadFrame[], what: string) {
  const said: Said[] = [];
  let close: number | undefined;
  let pongs = 0;
  for (const { fin, reserved, opcode, isMasked, payload } of frames) {
    expect({ fin, reserved, isMasked, whole: payload !== undefined }, what).toEqual({
      ...{ fin: true, reserved: 0, isMasked: false, whole: true },
    });
    if (opcode === OPCODE.pong) pongs++;
    else if (opcode === OPCODE.close) close = payload?.length ? payload.readUInt16BE() : 1005;
    else {
      expect(opcode, what).toBe(OPCODE.text);
      said.push(readSaid(payload?.toString() ?? '', what));
    }
  }
  return { said, close, pongs };
}

function readSaid(text: string, what: string): Said {
  for (const form of INNARDS) expect(text, what).not.toMatch(form);
  const message = JSON.parse(text) as Said;
  expect(TYPES, what).toContain(message.type);
  if (message.type === 'error') expect(CODES, `${what} → ${text}`).toContain(message.code);
  return message;
}

const atOnce = (said: readonly Said[]): string[] =>
  said.map(({ type, code }) => code ?? type).filter((one) => AT_ONCE.includes(one));

const answerOf = (text: string): string[] => (isPing(text) ? ['pong'] : [refusalOf(text) ?? []].flat());

describe.each([
  ['through the gateway', undefined, ['gateway', 'notification']],
  ['directly', 'notification', ['notification']],
] as const)('/ws/orders, %s', { timeout: 600_000 + CONNECTIONS * 100 }, (_, service, services) => {
  const restarts = () => Promise.all(services.map(restartsOf));

  it('ends each broken connection as RFC 6455 says, and no other', async () => {
    const [before, bearer] = [await restarts(), await token({ sub: unique('USER') })];
    const door = { url: urlOf(service), path: '/ws/orders', bearer };
    const closed: Record<string, number> = {};
    const property = fc.asyncProperty(attacks, async (attack) => {
      const what = JSON.stringify({ ...attack, bytes: attack.bytes.toString('base64') });
      const replies = readReplies(await throwAt(door, attack), what);
      const expected = expectedOf(attack.bytes);
      expect([replies.close, replies.pongs, atOnce(replies.said)], what).toEqual([
        ...[expected.close, expected.pings, expected.texts.flatMap(answerOf)],
      ]);
      closed[expected.close ?? 'open'] = (closed[expected.close ?? 'open'] ?? 0) + 1;
    });
    await amongThem(service, inLanes(property, CONNECTIONS));
    for (const outcome of ['open', 1002, 1003, 1007, 1009])
      expect(closed[outcome], JSON.stringify(closed)).toBeGreaterThan(CONNECTIONS / 100);
    expect(await restarts()).toEqual(before);
  });

  it('answers messages that are none by their code, and those that are as ever', async () => {
    const [before, sub] = [await restarts(), unique('USER')];
    const [own, foreign] = [await order(await as({ sub }), product), await order(await as(), product)];
    const orders: Orders = { own: own.orderId, foreign: foreign.orderId, missing: unique('NONE') };
    const talk = openTalk(`${urlOf(service).replace('http', 'ws')}/ws/orders`, await token({ sub }), LANES);
    const answers: Record<string, number> = {};
    const property = fc.asyncProperty(orderMessages(orders), async (bytes) => {
      const what = bytes.subarray(0, 2_000).toString('base64');
      const { close, texts } = await talk.ask(bytes);
      const said = texts.map((text) => readSaid(text, what));
      const mine = said.filter(({ type, orderId }) => type !== 'error' && orderId === orders.foreign);
      expect(
        mine.filter(({ type }) => type !== 'unsubscribed'),
        what,
      ).toEqual([]);
      const expected = bytes.length > LARGEST_MESSAGE ? 1009 : isUtf8(bytes) ? undefined : 1007;
      expect(close, what).toBe(expected);
      for (const { type, code } of said) answers[code ?? type] = (answers[code ?? type] ?? 0) + 1;
      if (close !== undefined) return;
      expect(atOnce(said), what).toEqual([...answerOf(bytes.toString()), 'pong']);
    });
    await amongThem(
      service,
      inLanes(property, MESSAGES).finally(() => talk.close()),
    );
    for (const outcome of ['subscribed', 'order.status', 'NOT_SUBSCRIBED', ...AT_ONCE])
      expect(answers[outcome], JSON.stringify(answers)).toBeGreaterThan(MESSAGES / 500);
    expect(await restarts()).toEqual(before);
  });

  it('cuts who says too much, and nobody else', async () => {
    const flood = async (): Promise<void> => {
      const client = await socket(await token({ sub: unique('USER') }), service);
      for (let n = 0; n < FLOOD; n++) client.say({ type: 'ping' });
      expect(await client.closed).toBe(1008);
      expect(client.frames.some(({ code }) => code === 'RATE_LIMITED')).toBe(true);
    };
    await amongThem(service, Promise.all(Array.from({ length: LANES }, flood)));
  });
});

function inLanes<T>(property: fc.IAsyncProperty<T>, runs: number): Promise<unknown> {
  const numRuns = Math.ceil(runs / LANES);
  return Promise.all(
    Array.from({ length: LANES }, (_, n) => fc.assert(property, { seed: fuzzSeed + n, numRuns })),
  );
}
