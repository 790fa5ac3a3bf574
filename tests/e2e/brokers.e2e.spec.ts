import { randomUUID } from 'node:crypto';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { openConnection } from '@tradewind/messaging-amqp/connection.ts';
import { openDelayedQueue } from '@tradewind/messaging-amqp/delayed.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { kill } from './processes.fixture.ts';
import { stack } from './stack.fixture.ts';

const UP_AGAIN = { within: 60_000 };
/** MQTT 5: "not authorized", at every stage. */
const NOT_AUTHORIZED = 135;

describe('the MQTT broker', () => {
  const open: MqttClient[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.endAsync(true)));
  });

  const device = stack.mqtt.devices[0]!;
  async function connect(login: { username: string; password: string } = device): Promise<MqttClient> {
    const options = { ...login, protocolVersion: 5, reconnectPeriod: 0 } as const;
    const client = await mqtt.connectAsync(stack.mqtt.url, options, false);
    open.push(client);
    return client;
  }

  it('knows nine devices, and nobody by a wrong password or without one', async () => {
    expect(stack.mqtt.devices).toHaveLength(9);
    for (const login of stack.mqtt.devices) expect((await connect(login)).connected).toBe(true);
    for (const login of [
      { ...device, password: 'wrong' },
      { username: 'device-10', password: 'device' },
      { username: '', password: '' },
    ]) {
      await expect(connect(login), login.username).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    }
  });

  it('refuses a device every topic but readings, and says so', async () => {
    // The broker ends the connection of who was refused.
    for (const topic of ['other', 'iot/inventory/SKU-1/delta/more', 'iot/inventory/SKU-1', 'messages/a/0']) {
      const publishing = (await connect()).publishAsync(topic, '{}', { qos: 1 });
      await expect(publishing, topic).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    }
  });

  it('refuses a device every subscription, and the ingest all but readings', async () => {
    const subscribe = (client: MqttClient, topic: string): Promise<unknown> =>
      client.subscribeAsync(topic, { qos: 1 }).then(
        (grants) => grants[0]?.qos,
        (error: Error) => error.message,
      );
    const refusal = 'Subscribe error: Not authorized';
    const client = await connect();
    for (const topic of ['#', '$SYS/#', '+/+/+/+', 'iot/inventory/+/delta', 'iot/inventory/SKU-1/delta'])
      expect(await subscribe(client, topic), topic).toBe(refusal);
    const ingest = await connect(stack.mqtt.ingest);
    for (const topic of ['#', '$SYS/#', 'iot/#', 'messages/#'])
      expect(await subscribe(ingest, topic), topic).toBe(refusal);
    expect(await subscribe(ingest, 'iot/inventory/+/delta')).toBe(1);
  });

  it('is there again after a kill', async () => {
    kill('mosquitto');
    await eventually(async () => expect((await connect()).connected).toBe(true), UP_AGAIN);
  });
});

describe('RabbitMQ', () => {
  const { management, username, password, url } = stack.rabbitmq;
  const overview = (login: string) =>
    fetch(`${management}/api/overview`, {
      headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
    });

  it('answers its one user on the management API, and no guest', async () => {
    expect((await overview(`${username}:${password}`)).status).toBe(200);
    expect((await overview('guest:guest')).status).toBe(401);
  });

  it('has everything it confirmed after a kill, and clients find back by themselves', async () => {
    const connection = await openConnection({ url });
    const name = `e2e-${randomUUID()}`;
    // RabbitMQ 3.10 forgets a queue that was declared less than three seconds before the kill: this one is older.
    const steps = [100, 4_000];
    const queue = openDelayedQueue(connection, { name, stepsMs: steps });
    const early: string[] = [];
    const before = queue.consume(async (batch) => void early.push(...batch), { prefetch: 50 });
    await eventually(() => queue.publishAfter(1, ['aged']));
    await eventually(() => expect(early).toEqual(['aged']));
    await before.stop();
    const ids = Array.from({ length: 200 }, (_, n) => `${n}`);
    await queue.publishDue(ids);
    kill('rabbitmq');
    const seen = new Set<string>();
    const consumer = queue.consume(async (batch) => batch.forEach((id) => seen.add(id)), { prefetch: 50 });
    await eventually(() => queue.publishAfter(0, ['later']), UP_AGAIN);
    await eventually(() => expect(seen).toEqual(new Set([...ids, 'later'])), UP_AGAIN);
    await consumer.stop();
    await queue.close();
    await connection.ask(async (channel) => {
      for (const one of ['due', ...steps.map((ms) => `after-${ms}`)])
        await channel.deleteQueue(`${name}.${one}`);
    });
    await connection.close();
  });
});
