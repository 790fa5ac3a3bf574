import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { tw } from '../e2e/cli.fixture.ts';
import { device, report } from '../e2e/device.fixture.ts';
import { merchant } from '../e2e/stack.fixture.ts';
import { accepted, productOf, type Story, type Thing } from './story.ts';

const NOT_AUTHORIZED = 135;
const GIBBERISH = '{"delta": "two"}';

interface Device {
  readonly applied: number;
  readonly duplicates: number;
  readonly missing: number;
}
interface Waiting {
  readonly state: string;
  readonly cause: string;
  readonly delta: number;
}
interface Letter {
  readonly id: string;
  readonly topic: string;
  readonly errorCode: string;
}

function sensorOf({ sensor }: Story): NonNullable<Story['sensor']> {
  assert(sensor, 'this story has no sensor');
  return sensor;
}

async function inventory<T>(path: string): Promise<T> {
  return accepted(await (await merchant()).get<T>(`/api/v1/inventory/${path}`));
}

const waiting = async (story: Story): Promise<readonly Waiting[]> =>
  (await inventory<{ items: Waiting[] }>(`device-readings?deviceId=${story.deviceId}`)).items;

Given('a sensor at the shelf', async function (this: Story) {
  const client = await device();
  this.sensor = client;
  this.undo.push(() => client.endAsync());
});

When(
  'the sensor reports {int} {thing}(s) as number {int}',
  async function (this: Story, delta: number, thing: Thing, seq: number) {
    const { deviceId } = this;
    await report(sensorOf(this), productOf(this, thing).sku, { delta, deviceId, seq });
  },
);

const known = async (story: Story, expected: Partial<Device>): Promise<void> =>
  eventually(async () => {
    const found = await inventory<Device>(`devices/${story.deviceId}`);
    const named = Object.keys(expected).map((name) => [name, found[name as keyof Device]]);
    assert.deepEqual(Object.fromEntries(named), expected);
  });

Then(
  'the shop knows {int} readings of the sensor and {int} repeat',
  async function (this: Story, applied: number, duplicates: number) {
    await known(this, { applied, duplicates });
  },
);

Then(/^the shop misses (\d+) readings? of the sensor$/, async function (this: Story, missing: string) {
  await known(this, { missing: Number(missing) });
});

Then(
  'a reading of {int} waits, because of {CODE}',
  async function (this: Story, delta: number, cause: string) {
    await eventually(async () => {
      const found = (await waiting(this)).map((one) => [one.state, one.cause, one.delta]);
      assert.deepEqual(found, [['PARKED', cause, delta]]);
    });
  },
);

Then('nothing of the sensor waits', async function (this: Story) {
  await eventually(async () => assert.deepEqual(await waiting(this), []));
});

When('the sensor sends what nobody can read', async function (this: Story) {
  await report(sensorOf(this), productOf(this, 'lamp').sku, GIBBERISH);
});

Then(
  'the operators find it as {CODE}, with its own words',
  { timeout: 40_000 },
  async function (this: Story, code: string) {
    const { sku } = productOf(this, 'lamp');
    const letter = await eventually(
      async () => {
        const { output } = await tw('dlq', 'ls', '--json');
        const found = (JSON.parse(output) as Letter[]).find(({ topic }) => topic.includes(sku));
        assert(found, 'there is no such letter');
        return found;
      },
      { within: 20_000 },
    );
    assert.equal(letter.errorCode, code);
    assert((await tw('dlq', 'show', letter.id)).output.includes(GIBBERISH));
    assert.equal((await tw('dlq', 'drop', letter.id, '--yes')).code, 0);
  },
);

When('the sensor publishes on a topic that is not its own', async function (this: Story) {
  // The broker ends the connection of who was refused.
  this.refused = await sensorOf(this)
    .publishAsync('iot/firmware/all', '{}', { qos: 1 })
    .then(
      () => 'taken',
      (error: { code?: number }) => String(error.code),
    );
});

Then('the broker refuses it', function (this: Story) {
  assert.equal(this.refused, String(NOT_AUTHORIZED));
});
