import { describe, expect, it, onTestFinished } from 'vitest';
import { brokerConformance } from '@tradewind/messaging/conformance.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { createMqttBroker } from './mqtt-broker.ts';

const { url, messages, devices } = await (await servers()).mqtt();
// Sessions of tests are soon forgotten.
const connect = (options: { readonly drainMs?: number } = {}) =>
  createMqttBroker({ url, ...messages, groupKeptSeconds: 60, ...options });

let made = 0;
brokerConformance(
  'Mosquitto',
  () => ({
    connect,
    newTopic: () => Promise.resolve(`conformance.${process.pid}.${Date.now()}.${made++}`),
    ensureGroup: (topic, group) => connect().ensureGroup(topic, group),
  }),
  { refusesUnknownTopics: false },
);

describe('the MQTT adapter', () => {
  it('names the message that the broker would not take', async () => {
    const broker = connect();
    onTestFinished(() => broker.close());
    const message = (key: string, size: number) => ({ key, value: Buffer.alloc(size), headers: {} });
    const publishing = broker.publisher().publish('large', [message('a', 10), message('b', 70_000)]);
    await expect(publishing).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      retryable: false,
      poison: [1],
    });
  });

  it('says when the broker refuses a topic', async () => {
    const stranger = createMqttBroker({ url, ...devices[0]! });
    onTestFinished(() => stranger.close());
    const message = { key: 'a', value: Buffer.from('a'), headers: {} };
    await expect(stranger.publisher().publish('foreign', [message])).rejects.toMatchObject({
      code: 'PUBLISH_REFUSED',
      retryable: false,
    });
  });
});
