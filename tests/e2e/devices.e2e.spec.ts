import { eventually } from '@tradewind/testing/eventually.ts';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { device, report } from './device.fixture.ts';
import { goods, stockOf } from './shop.fixture.ts';
import { admin, merchant, refusal, unique } from './stack.fixture.ts';

interface Letter {
  readonly id: string;
  readonly topic: string;
  readonly errorCode: string;
}

let client: MqttClient;
beforeAll(async () => {
  client = await device();
});
afterAll(() => client.endAsync());

const onHand = async (product: { sku: string }) => (await stockOf(product)).onHand;
const get = async <T>(path: string) => (await (await merchant()).get<T>(`/api/v1/inventory/${path}`)).body;

describe('a device', () => {
  it('changes the stock, once per number', async () => {
    const [product, deviceId] = [await goods({ onHand: 10 }), unique('scale')];
    for (const seq of [2, 1, 2]) await report(client, product.sku, { delta: -2, deviceId, seq });
    await report(client, product.sku, { delta: 1 });
    await eventually(async () => expect(await onHand(product)).toBe(7));
    await eventually(async () => {
      expect(await get(`devices/${deviceId}`)).toMatchObject({
        applied: 2,
        duplicates: 1,
        lastSeq: 2,
        missing: 0,
      });
    });
  });

  it('may publish its own readings and nothing else', async () => {
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => 'taken',
        (error: { code?: number }) => error.code,
      );
    expect(await refused(client.publishAsync('iot/inventory/A/other', 'x', { qos: 1 }))).toBe(135);
    const granted = await client.subscribeAsync('iot/inventory/+/delta', { qos: 1 }).then(
      ([one]) => one?.qos,
      () => 135,
    );
    expect(granted).toBeGreaterThanOrEqual(128);
    await expect(device({ password: 'wrong', reconnectPeriod: 0 })).rejects.toThrow();
  });

  it('that says nothing readable has a dead letter', async () => {
    const sku = unique('BAD');
    await report(client, sku, '{"delta": "two"}');
    const mine = async (): Promise<Letter> => {
      const { output } = await tw('dlq', 'ls', '--json');
      const found = (JSON.parse(output) as Letter[]).find(({ topic }) => topic.includes(sku));
      if (found === undefined) throw new Error('not there');
      return found;
    };
    const letter = await eventually(mine, { within: 20_000 });
    expect(letter.errorCode).toBe('READING_INVALID');
    expect((await tw('dlq', 'show', letter.id)).output).toContain('{"delta": "two"}');
    expect((await tw('dlq', 'drop', letter.id, '--yes')).code).toBe(0);
    await expect(mine()).rejects.toThrow('not there');
  });

  it('never brings the stock below zero: what does not fit waits for a restock', async () => {
    const [product, deviceId] = [await goods({ onHand: 2 }), unique('scale')];
    await report(client, product.sku, { delta: -5, deviceId, seq: 1 });
    await report(client, product.sku, { delta: -1, deviceId, seq: 2 });
    await eventually(async () => expect(await onHand(product)).toBe(1));
    const parked = await get<{ items: object[] }>(`device-readings?deviceId=${deviceId}`);
    expect(parked.items).toMatchObject([{ state: 'PARKED', cause: 'NEGATIVE_STOCK', delta: -5 }]);
    await report(client, product.sku, { delta: 10, deviceId, seq: 3 });
    await eventually(async () => expect(await onHand(product)).toBe(6));
    expect(await get(`device-readings?deviceId=${deviceId}`)).toMatchObject({ items: [] });
  });

  it('that lies is heard no more, until somebody releases it: the audit log has that, and who set the rule', async () => {
    const [product, deviceId, staff] = [await goods({ onHand: 50 }), unique('scale'), await merchant()];
    const rules = { deviceId, maxAbsDelta: 5 };
    expect((await staff.put('/api/v1/inventory/device-rules', rules)).status).toBe(200);
    for (const [seq, delta] of [
      [1, 1],
      [2, -40],
      [3, 2],
    ] as const) {
      await report(client, product.sku, { delta, deviceId, seq });
    }
    await eventually(async () => {
      const found = await get(`devices/${deviceId}`);
      expect(found).toMatchObject({
        status: 'QUARANTINED',
        quarantinedFor: 'DELTA_TOO_LARGE',
        readings: { kept: 2 },
      });
    });
    expect(await onHand(product)).toBe(51);
    const path = `/api/v1/inventory/devices/${deviceId}/release`;
    expect(refusal(await (await merchant('STORE-2')).post(path, { apply: true }))).toEqual([
      404,
      'DEVICE_NOT_FOUND',
    ]);
    const released = await staff.post(path, { apply: true });
    expect(released.body).toEqual({ deviceId, applied: 2, parked: 0, dropped: 0 });
    expect(refusal(await staff.post(path, { apply: true }))).toEqual([409, 'DEVICE_NOT_QUARANTINED']);
    expect(await onHand(product)).toBe(13);
    await eventually(
      async () => {
        const log = await (
          await admin()
        ).get<{ items: { action: string; resource: string }[] }>('/api/v1/audit-log');
        const acts = log.body.items.map(({ action, resource }) => `${action} ${resource}`);
        expect(acts).toContain(`device.released device:${deviceId}`);
        expect(acts).toContain(`device_rules.changed device_rules:STORE-1:${deviceId}`);
      },
      { within: 20_000 },
    );
  });
});
