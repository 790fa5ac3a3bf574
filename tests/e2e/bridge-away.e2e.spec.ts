import { eventually } from '@tradewind/testing/eventually.ts';
import { expect, it } from 'vitest';
import { without } from './cli.fixture.ts';
import { device, report } from './device.fixture.ts';
import { kill } from './processes.fixture.ts';
import { goods, stockOf } from './shop.fixture.ts';
import { unique } from './stack.fixture.ts';

const UP_AGAIN = { within: 30_000 };

it('readings wait for a bridge that is away, also over a kill of the MQTT broker', async () => {
  const [product, deviceId] = [await goods({ onHand: 10 }), unique('scale')];
  await without('iot-bridge', async () => {
    kill('mosquitto');
    const client = await eventually(() => device({ reconnectPeriod: 0 }), UP_AGAIN);
    await report(client, product.sku, { delta: -2, deviceId, seq: 1 });
    await client.endAsync();
  });
  await eventually(async () => expect((await stockOf(product)).onHand).toBe(8), UP_AGAIN);
});
