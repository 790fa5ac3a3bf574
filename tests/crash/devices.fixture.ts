import { eventually } from '@tradewind/testing/eventually.ts';
import { expect } from 'vitest';
import { device, report } from '../e2e/device.fixture.ts';
import { stockOf, stockPath } from '../e2e/shop.fixture.ts';
import { merchant, unique } from '../e2e/stack.fixture.ts';

/** Longer than a restart. */
const WITHIN = { within: 60_000, every: 200 };
const ON_HAND = 10;
const MUCH = 1_000;

export interface DeviceTraffic {
  /** A reading that fits, one that has to wait for the next one, and a lie that is dropped. */
  wave(): Promise<void>;
  /** What the waves must have left on hand. */
  expectStock(): Promise<void>;
}

/** Devices with a stock of their own, so that buyers and sensors do not blur each other's sums. */
export async function deviceTraffic(): Promise<DeviceTraffic> {
  const staff = await merchant();
  const sku = unique('GAUGE');
  await eventually(async () => {
    const set = await staff.put(stockPath({ sku }), { productId: `P-${sku}`, onHand: ON_HAND });
    expect([200, 201]).toContain(set.status);
  }, WITHIN);
  let waves = 0;

  async function released(deviceId: string): Promise<void> {
    await eventually(async () => {
      const path = `/api/v1/inventory/devices/${deviceId}/release`;
      const idempotencyKey = `${deviceId}-release`;
      const answer = await staff.post<{ code?: string }>(path, { apply: false }, { idempotencyKey });
      // Released, and the answer was lost.
      if (answer.status === 409) expect(answer.body.code).toBe('DEVICE_NOT_QUARANTINED');
      else expect(answer.status).toBe(200);
    }, WITHIN);
  }

  return {
    async wave() {
      const [scale, liar] = [unique('scale'), unique('liar')];
      const client = await device();
      try {
        await report(client, sku, { delta: 1, deviceId: scale, seq: 1 });
        await report(client, sku, { delta: -MUCH, deviceId: scale, seq: 2 });
        await report(client, sku, { delta: MUCH, deviceId: scale, seq: 3 });
        await report(client, sku, { delta: 500_000, deviceId: liar, seq: 1 });
      } finally {
        await client.endAsync();
      }
      waves++;
      await eventually(async () => {
        const { body } = await staff.get<{ status?: string }>(`/api/v1/inventory/devices/${liar}`);
        expect(body.status).toBe('QUARANTINED');
      }, WITHIN);
      await released(liar);
    },
    expectStock: () =>
      eventually(async () => expect((await stockOf({ sku })).onHand).toBe(ON_HAND + waves), WITHIN),
  };
}
