import { eventually } from '@tradewind/testing/eventually.ts';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import fc from 'fast-check';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../e2e/database.fixture.ts';
import { report } from '../e2e/device.fixture.ts';
import { goods, type Product, stockOf } from '../e2e/shop.fixture.ts';
import { stack, unique, urlOf } from '../e2e/stack.fixture.ts';
import { lostIn, openEnds } from './device-ends.ts';
import { publications } from './device-readings.ts';
import { connections, throwPackets } from './mqtt-packets.ts';
import { restartsOf } from './restarts.ts';

const PUBLICATIONS = fuzzRuns(5_000);
const CONNECTIONS = fuzzRuns(5_000);
const LANES = 8;
const GOOD_AT_ONCE = 20;
const WITHIN = { within: 60_000, every: 250 };
const ON_HAND = 100;
/** CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT: a device is never given a reading. */
const TO_DEVICES = [2, 4, 5, 6, 7, 9, 11, 13, 14];
const ATTACKED = ['mosquitto', 'iot-bridge', 'inventory'];

const run = unique('run');
let lines: MqttClient[] = [];
let good: MqttClient;
let product: Product;
beforeAll(async () => {
  const login = (n: number) => stack.mqtt.devices[n % stack.mqtt.devices.length]!;
  const open = (n: number) => connectAsync(stack.mqtt.url, { ...login(n), protocolVersion: 5 });
  lines = await Promise.all(Array.from({ length: LANES }, (_, n) => open(n)));
  [good, product] = [await open(LANES), await goods({ onHand: ON_HAND })];
});
afterAll(() => Promise.all([good, ...lines].map((line) => line.endAsync())));

/** Whether all of them run, and how often they had to be started again. */
async function restarts(): Promise<number[]> {
  const all = await Promise.all(ATTACKED.map(restartsOf));
  expect(all).not.toContain(undefined);
  return all as number[];
}

let seq = 0;
/** A device whose readings reach the stock while others attack. */
async function amongThem(attack: Promise<unknown>): Promise<void> {
  let over = false;
  async function reports(): Promise<void> {
    do {
      const numbers = Array.from({ length: GOOD_AT_ONCE }, () => ++seq);
      const deviceId = `good-${run}`;
      await Promise.all(numbers.map((it) => report(good, product.sku, { delta: 1, deviceId, seq: it })));
      await eventually(async () => expect((await stockOf(product)).onHand).toBe(ON_HAND + seq), WITHIN);
    } while (!over);
  }
  await Promise.all([attack.finally(() => (over = true)), reports()]);
  expect([good, ...lines].every(({ connected }) => connected)).toBe(true);
}

function inLanes<T>(propertyOf: (lane: number) => fc.IAsyncProperty<T>, runs: number): Promise<unknown> {
  const numRuns = Math.ceil(runs / LANES);
  return Promise.all(
    Array.from({ length: LANES }, (_, n) => fc.assert(propertyOf(n), { seed: fuzzSeed + n, numRuns })),
  );
}

describe('devices', { timeout: 600_000 + PUBLICATIONS * 50 }, () => {
  it('that say what is no reading lose none: each is in the ledger, waits, or is a dead letter', async () => {
    const [before, ends] = [await restarts(), await openEnds()];
    const goodBefore = seq;
    const shelf = await Promise.all(Array.from({ length: 4 }, () => goods({ onHand: ON_HAND })));
    const made = publications(
      run,
      shelf.map(({ sku }) => sku),
    );
    let sent = 0;
    const publishing = (lane: number) =>
      fc.asyncProperty(made, async ({ topic, payload, userProperties }) => {
        // The client does not send a message whose list of properties is there and empty.
        const named = Object.keys(userProperties).length > 0;
        const properties = named ? { properties: { userProperties } } : {};
        await lines[lane]?.publishAsync(topic, payload, { qos: 1, ...properties });
        sent++;
      });
    await amongThem(inLanes(publishing, PUBLICATIONS));
    const all = sent + seq - goodBefore;
    const { readings, letters } = await eventually(async () => {
      const found = await ends.read();
      expect(found.readings.length + found.letters.length).toBe(all);
      return found;
    }, WITHIN);
    await ends.close();
    // Neither has swallowed what belongs to the other.
    expect(Math.min(readings.length - seq + goodBefore, letters.length)).toBeGreaterThan(sent / 10);
    expect(new Set(letters.map(({ headers }) => headers['dlq.error-code']))).toEqual(
      new Set(['READING_INVALID']),
    );
    await eventually(async () => expect(await lostIn(readings)).toEqual([]), WITHIN);
    for (const { sku } of shelf) {
      const [ledger] = await sql<{ sum: number }>(
        'inventory',
        `select sum(delta)::int as sum from inventory_adjustment where sku = $1 and location_id = 'STORE-1'`,
        [sku],
      );
      expect((await stockOf({ sku })).onHand).toBe(ledger?.sum);
    }
    expect(await restarts()).toEqual(before);
  });

  it('that speak no MQTT end nothing but their own connection', async () => {
    const before = await restarts();
    const { port } = new URL(stack.mqtt.url);
    const repeated = { delta: 1, reason: 'SENSOR', deviceId: `raw-${run}`, seq: 1 };
    const topic = `iot/inventory/${product.sku}-RAW/delta`;
    const [login] = stack.mqtt.devices;
    const made = connections(login!, topic, Buffer.from(JSON.stringify(repeated)));
    const throwing = () =>
      fc.asyncProperty(made, async (bytes) => {
        for (const type of await throwPackets(Number(port), bytes)) expect(TO_DEVICES).toContain(type);
      });
    await amongThem(inLanes(throwing, CONNECTIONS));
    expect(await restarts()).toEqual(before);
    expect((await fetch(`${urlOf('iot-bridge')}/health/ready`)).status).toBe(200);
  });
});
