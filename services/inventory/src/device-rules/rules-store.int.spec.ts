import { afterAll, beforeAll, expect, it } from 'vitest';
import { contextIn } from '#inventory.fixture.ts';
import { openDevices } from '#take-readings/readings.fixture.ts';
import { rulesStore } from './rules-store.ts';

let devices: Awaited<ReturnType<typeof openDevices>>;
beforeAll(async () => {
  devices = await openDevices();
});
afterAll(() => devices.close());

it('tells of each change of rules, so that the audit log has who did it', async () => {
  const store = rulesStore(devices.deps);
  const set = (deviceId: string, maxAbsDelta: number) =>
    store.set(contextIn('STORE-1'), {
      ...{ deviceId, rules: { maxAbsDelta }, expectedVersion: undefined, by: 'USER-1' },
    });
  await set('', 100);
  await set('scale-7', 50);
  await set('scale-7', 60);
  const most = { maxAbsDelta: null, maxChangePerMinute: Number.MAX_SAFE_INTEGER };
  await store.set(contextIn('STORE-1'), {
    ...{ deviceId: 'scale-8', rules: most, expectedVersion: undefined, by: 'USER-1' },
  });
  await expect(
    store.set(contextIn('STORE-1'), { deviceId: '', rules: {}, expectedVersion: 9, by: 'USER-1' }),
  ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  const told = await devices.rows(
    `select partition_key as key, aggregate_version as version from outbox
     where topic = 'ecommerce.inventory.device_rules' order by id`,
  );
  expect(told).toEqual([
    { key: 'STORE-1', version: 1 },
    { key: 'STORE-1:scale-7', version: 1 },
    { key: 'STORE-1:scale-7', version: 2 },
    { key: 'STORE-1:scale-8', version: 1 },
  ]);
});
