import { encodeReading, READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { createInMemoryCluster } from '@tradewind/messaging/in-memory-broker.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextIn } from '#inventory.fixture.ts';
import { findDrift } from '#reconcile/drift.ts';
import { releaseDevice } from '#release-device/release.ts';
import { settleOne } from '#settle-readings/settle-one.ts';
import { arrival, openDevices } from './readings.fixture.ts';
import { readingsConsumer } from './consumer.ts';
import { takeReadings } from './take.ts';

let devices: Awaited<ReturnType<typeof openDevices>>;
beforeAll(async () => {
  devices = await openDevices();
});
afterAll(() => devices.close());

const none = { applied: 0, duplicates: 0, parked: 0, kept: 0, refused: 0 };

describe('readings reach the stock', () => {
  it('once per number of a device, with ledger and events, however often and in whatever batches they come', async () => {
    await devices.stock('NUM', 10);
    const [first, second] = [1, 2].map((seq) => ({ sku: 'NUM', deviceId: 'scale-1', seq, delta: -2 }));
    expect(await devices.take(second!, first!, second!)).toEqual({ ...none, applied: 2, duplicates: 1 });
    expect(await devices.take(first!)).toEqual({ ...none, duplicates: 1 });
    expect(await devices.onHand('NUM')).toBe(6);
    const ledger = await devices.rows(
      `select device_id, seq::int as seq, delta, reason from inventory_adjustment where sku = 'NUM' and device_id is not null`,
    );
    expect(ledger).toEqual([
      { device_id: 'scale-1', seq: 2, delta: -2, reason: 'SENSOR' },
      { device_id: 'scale-1', seq: 1, delta: -2, reason: 'SENSOR' },
    ]);
    const events = await devices.rows<{ version: number }>(
      `select aggregate_version as version from outbox where partition_key = 'P-NUM' order by id`,
    );
    expect(events.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('without a number once per try to publish', async () => {
    await devices.stock('ANON', 10);
    const one = arrival({ sku: 'ANON', delta: 3 });
    await takeReadings(devices.deps, [one, one]);
    await takeReadings(devices.deps, [one]);
    expect(await devices.onHand('ANON')).toBe(13);
  });

  it('of several tenants in one batch, each in its own location', async () => {
    await devices.stock('BOTH', 5);
    await devices.stock('BOTH', 5, { tenant: 'STORE-2' });
    await devices.take(
      { sku: 'BOTH', deviceId: 'two-1', seq: 1, storeId: 'STORE-2', delta: 1 },
      { sku: 'BOTH', delta: 2 },
      // Known to be the second store's from the reading before.
      { sku: 'BOTH', deviceId: 'two-1', seq: 2, delta: 10 },
    );
    expect([await devices.onHand('BOTH'), await devices.onHand('BOTH', 'STORE-2')]).toEqual([7, 16]);
  });

  it("never in another tenant's location", async () => {
    await devices.stock('MINE', 5);
    await devices.stock('MINE', 5, { tenant: 'STORE-2' });
    await devices.take({ sku: 'MINE', deviceId: 'spy', seq: 1 });
    const taken = await devices.take({ sku: 'MINE', deviceId: 'spy', seq: 2, storeId: 'STORE-2', delta: -5 });
    expect(taken).toEqual({ ...none, refused: 1 });
    expect(await devices.onHand('MINE', 'STORE-2')).toBe(5);
    expect(await devices.held('MINE')).toMatchObject([{ state: 'REFUSED', cause: 'OTHER_TENANT' }]);
  });

  it('in any order, with any repeats and splits, to the same end', async () => {
    const plan = fc.record({
      sent: fc.array(
        fc.record({ device: fc.integer({ min: 1, max: 3 }), seq: fc.integer({ min: 0, max: 9 }) }),
        {
          minLength: 1,
          maxLength: 40,
        },
      ),
      size: fc.integer({ min: 1, max: 9 }),
      at: fc.integer(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(plan, async ({ sent, size }) => {
        const sku = `ORACLE-${run++}`;
        await devices.stock(sku, 100);
        const readings = sent.map(({ device, seq }) =>
          arrival({ sku, deviceId: `${sku}-${device}`, seq, delta: device * 10 + seq + 1 }),
        );
        const batches = Array.from({ length: Math.ceil(readings.length / size) }, (_, at) =>
          readings.slice(at * size, (at + 1) * size),
        );
        await Promise.all(batches.map((batch) => takeReadings(devices.deps, batch)));
        const unique = new Map(
          readings.map(({ reading }) => [`${reading.deviceId} ${reading.seq}`, reading.delta]),
        );
        const expected = [...unique.values()].reduce((sum, delta) => sum + delta, 100);
        expect(await devices.onHand(sku)).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });
});

describe('what the stock cannot take', () => {
  it('is parked, holds nobody up, and is applied when it can be', async () => {
    await devices.stock('LOW', 2);
    const taken = await devices.take(
      { sku: 'LOW', deviceId: 'scale-2', seq: 1, delta: -5 },
      { sku: 'LOW', deviceId: 'scale-3', seq: 1, delta: -1 },
    );
    expect(taken).toEqual({ ...none, applied: 1, parked: 1 });
    expect(await devices.onHand('LOW')).toBe(1);
    const timer = devices.retrying();
    await timer.start();
    await devices.take({ sku: 'LOW', deviceId: 'scale-3', seq: 2, delta: 4 });
    await eventually(async () => expect(await devices.onHand('LOW')).toBe(0));
    await timer.stop();
    expect(await devices.held('LOW')).toMatchObject([{ state: 'APPLIED', cause: 'NEGATIVE_STOCK' }]);
    // The same reading once more, long after.
    expect(await devices.take({ sku: 'LOW', deviceId: 'scale-2', seq: 1, delta: -5 })).toMatchObject({
      duplicates: 1,
    });
  });

  it('waits for its sku and its location', async () => {
    const unknown = { sku: 'LATE', deviceId: 'scale-4', seq: 1, delta: 1 };
    await devices.take(unknown, { ...unknown, deviceId: 'scale-5', storeId: 'STORE-9' });
    expect((await devices.held('LATE')).map(({ cause }) => cause)).toEqual([
      'UNKNOWN_SKU',
      'UNKNOWN_LOCATION',
    ]);
    const timer = devices.retrying();
    await timer.start();
    await devices.stock('LATE', 10);
    await devices.stock('LATE', 10, { tenant: 'STORE-9' });
    await eventually(async () => {
      expect([await devices.onHand('LATE'), await devices.onHand('LATE', 'STORE-9')]).toEqual([11, 11]);
    });
    await timer.stop();
    // Only the place has told whose the device is.
    const owner = await devices.rows(`select store_id from device where device_id = 'scale-5'`);
    expect(owner).toEqual([{ store_id: 'STORE-9' }]);
  });

  it('is settled by staff, once', async () => {
    await devices.stock('STAFF', 0);
    await devices.take({ sku: 'STAFF', deviceId: 'scale-6', seq: 1, delta: -1 });
    const settle = (action: 'apply' | 'drop') =>
      settleOne(devices.deps, { tenant: 'STORE-1', readingId: 'scale-6::1', action, by: 'USER-1' });
    expect(await settle('apply')).toMatchObject({ state: 'PARKED' });
    expect(await settle('drop')).toMatchObject({ state: 'DROPPED' });
    expect(await settle('drop')).toMatchObject({ state: 'DROPPED' });
    await expect(settle('apply')).rejects.toMatchObject({ code: 'READING_SETTLED' });
    await expect(
      settleOne(devices.deps, { tenant: 'STORE-2', readingId: 'scale-6::1', action: 'drop', by: 'USER-2' }),
    ).rejects.toMatchObject({ code: 'READING_NOT_FOUND' });
  });
});

describe('a device that lies', () => {
  const release = (deviceId: string, apply: boolean) =>
    releaseDevice(devices.deps, { deviceId, apply, by: 'USER-1' }, { context: contextIn('STORE-1') });

  it.each([true, false])('is heard no more until it is released (apply: %s)', async (apply) => {
    const sku = `LIE-${apply}`;
    const deviceId = `liar-${apply}`;
    await devices.stock(sku, 100);
    const reading = (seq: number, delta: number) => ({ sku, deviceId, seq, delta });
    const taken = await devices.take(reading(1, 1), reading(2, 500_000), reading(3, 2), reading(3, 2));
    expect(taken).toEqual({ ...none, applied: 1, kept: 2, duplicates: 1 });
    expect(await devices.onHand(sku)).toBe(101);

    const settled = await release(deviceId, apply);
    expect(settled).toMatchObject(apply ? { applied: 2, dropped: 0 } : { applied: 0, dropped: 2 });
    expect(await devices.onHand(sku)).toBe(apply ? 500_103 : 101);
    await expect(release(deviceId, apply)).rejects.toMatchObject({ code: 'DEVICE_NOT_QUARANTINED' });
    expect(await devices.take(reading(2, 500_000), reading(4, 1))).toEqual({
      ...none,
      applied: 1,
      duplicates: 1,
    });
    const events = await devices.rows<{ type: string; version: number }>(
      `select split_part(event_type, '.', 4) as type, aggregate_version as version from outbox
       where partition_key = $1 order by id`,
      [deviceId],
    );
    expect(events).toEqual([
      { type: 'quarantined', version: 1 },
      { type: 'released', version: 2 },
    ]);
  });

  it('is nobody that another tenant can see', async () => {
    await expect(
      releaseDevice(
        devices.deps,
        { deviceId: 'liar-true', apply: true, by: newId() },
        { context: contextIn('STORE-2') },
      ),
    ).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  });

  it('leaves stock and ledger as they belong together', async () => {
    expect((await findDrift(devices.db, 'STORE-1')).items).toEqual([]);
  });
});

describe('the consumer', () => {
  it('gives up a reading that no event can say, and takes those behind it', async () => {
    await devices.stock('BEHIND', 10);
    const kafka = createInMemoryCluster({ topics: [READINGS_TOPIC] }).connect();
    const { encoder } = devices.deps;
    const consumer = readingsConsumer({
      ...{
        ...devices.deps,
        broker: kafka,
        log: createLogger('inventory', 'silent'),
        onCrash: () => undefined,
      },
      encoder: {
        encode(placed, at) {
          if (JSON.stringify(placed.event).includes('UNSPEAKABLE')) {
            throw new DomainError('EVENT_INVALID', 'bug', 'it does not fit its schema');
          }
          return encoder.encode(placed, at);
        },
      },
    });
    await consumer.start();
    const publisher = kafka.publisher();
    const reasons = ['SENSOR', 'UNSPEAKABLE', 'SENSOR'];
    const messages = reasons.map((reason, seq) => {
      const { reading } = arrival({ sku: 'BEHIND', deviceId: 'scale-behind', seq, delta: -1, reason });
      return { key: 'scale-behind', value: encodeReading(reading), headers: {} };
    });
    await publisher.publish(READINGS_TOPIC, messages);
    await eventually(async () => expect(await devices.onHand('BEHIND')).toBe(8));
    await consumer.stop();
    const letters = await devices.rows(
      `select partition_key, error_code from parked_events where consumer = 'inventory.device-readings'`,
    );
    expect(letters).toEqual([{ partition_key: 'scale-behind', error_code: 'EVENT_INVALID' }]);
    await publisher.close();
    await kafka.close();
  });
});
