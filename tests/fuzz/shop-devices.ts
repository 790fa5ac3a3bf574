import { eventually } from '@tradewind/testing/eventually.ts';
import { device, report } from '../e2e/device.fixture.ts';
import { unique } from '../e2e/stack.fixture.ts';
import { caller, good, type Shop } from './shop.ts';

const DEVICES = 10;
/** More than any device may change at once. */
const LIE = 20_000;

interface Page {
  readonly items: readonly object[];
}

/** Devices of the tenant's own, in quarantine as they lie, with readings that wait: kept aside, and of a sku that nobody has. */
export async function devicesIn({ storeId, pieces, known }: Shop): Promise<void> {
  const [staff, client] = await Promise.all([caller(storeId, 'MERCHANT'), device()]);
  for (let n = 0; n < DEVICES; n++) {
    const deviceId = unique('fuzz');
    const say = (sku: string, delta: number, seq: number) =>
      report(client, sku, { storeId, deviceId, seq, delta });
    await say(unique('NONE'), 1, 1);
    await say(pieces[0]?.sku ?? '', 1, 2);
    await say(pieces[0]?.sku ?? '', LIE, 3);
  }
  await client.endAsync();
  for (const [path, count] of [
    ['devices?status=QUARANTINED', DEVICES],
    ['device-readings', DEVICES * 2],
  ] as const) {
    const page = await eventually(async () => {
      const { items } = good(await staff.get<Page>(`/api/v1/inventory/${path}`));
      if (items.length < count) throw new Error(`${items.length} of ${count} ${path}`);
      return { items };
    });
    known.learn(page);
  }
}
