import { connect, createServer } from 'node:net';
import { parseDeadLetter } from '@tradewind/messaging/dead-letter.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LETTERS_TOPIC, openBridge } from '#bridge.fixture.ts';
import { bridgeFailpoints } from '#failpoints.ts';

let bridge: Awaited<ReturnType<typeof openBridge>>;
beforeAll(async () => {
  bridge = await openBridge();
});
afterAll(() => bridge.close());

const reading = (seq: number) => ({ delta: 1, reason: 'SENSOR', deviceId: 'bridge-scale', seq });
const numbersOf = async (sku: string) =>
  (await bridge.arrived(sku)).map(({ value }) => (JSON.parse(value.toString()) as { seq: number }).seq);

describe('the bridge', () => {
  it('brings readings to Kafka and what it cannot read to the dead letters', async () => {
    const process = await bridge.start();
    await bridge.send('INT-GOOD', reading(1), { correlationId: 'CORR-7' });
    await bridge.send('INT-BAD', '{"delta": "two"}');
    await bridge.send('INT-GOOD', reading(2));
    await eventually(async () => expect(new Set(await numbersOf('INT-GOOD'))).toEqual(new Set([1, 2])));
    const [first] = await bridge.arrived('INT-GOOD');
    expect(first).toMatchObject({ key: 'bridge-scale', headers: { correlationId: 'CORR-7' } });
    const letter = await eventually(async () => {
      const [found] = await bridge.arrived('INT-BAD', LETTERS_TOPIC);
      return parseDeadLetter(found!);
    });
    expect(letter.message.value.toString()).toBe('{"delta": "two"}');
    expect(await process.stop()).toBe(0);
  });

  it('takes what a device tells the MQTT broker to retain once, however often it connects', async () => {
    const topic = 'iot/inventory/INT-RETAINED/delta';
    await bridge.device.publishAsync(topic, JSON.stringify(reading(1)), { qos: 1, retain: true });
    const first = await bridge.start();
    await eventually(async () => expect(await numbersOf('INT-RETAINED')).toEqual([1]));
    await first.stop();
    const second = await bridge.start();
    // The MQTT broker forgets it; what came at the connection came before.
    await bridge.device.publishAsync(topic, '', { qos: 1, retain: true });
    await bridge.send('INT-RETAINED', reading(2));
    await eventually(async () => expect(await numbersOf('INT-RETAINED')).toContain(2));
    expect(await numbersOf('INT-RETAINED')).toEqual([1, 2]);
    await second.stop();
  });

  it.each(bridgeFailpoints)('loses nothing when it is killed at %s', async (failpoint) => {
    const sku = `INT-${failpoint.replace('.', '-')}`;
    const doomed = await bridge.start({ TW_FAILPOINT: failpoint });
    await bridge.send(sku, reading(1));
    expect(await doomed.ended).toBe('SIGKILL');
    await bridge.send(sku, reading(2));
    const survivor = await bridge.start();
    await eventually(async () => expect(new Set(await numbersOf(sku))).toEqual(new Set([1, 2])));
    await survivor.stop();
  });

  it('leaves messages with the MQTT broker while Kafka is away, and goes on by itself', async () => {
    const port = await freePort();
    const [kafka] = (await (await servers()).kafka()).brokers;
    const process = await bridge.start({ KAFKA_BROKERS: `127.0.0.1:${port}` }, { ready: false });
    await eventually(async () => {
      const answer = await fetch(`${process.url}/health/ready`);
      expect(answer.status).toBe(503);
    });
    const sent = Array.from({ length: 50 }, (_, seq) => seq);
    await Promise.all(sent.map((seq) => bridge.send('INT-AWAY', reading(seq))));
    expect(await numbersOf('INT-AWAY')).toEqual([]);

    const [host = '', target = ''] = (kafka ?? '').split(':');
    const gate = createServer((socket) => {
      const upstream = connect(Number(target), host);
      socket.pipe(upstream).pipe(socket);
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    }).listen(port, '127.0.0.1');
    onTestFinished(() => void gate.close());
    await eventually(async () => expect(new Set(await numbersOf('INT-AWAY'))).toEqual(new Set(sent)), {
      within: 30_000,
    });
    await eventually(async () => expect((await fetch(`${process.url}/health/ready`)).status).toBe(200));
    await process.stop();
  });
});
