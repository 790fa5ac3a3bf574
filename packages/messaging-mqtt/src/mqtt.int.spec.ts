import { brokerConformance } from '@tradewind/messaging/conformance.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { createMqttBroker } from './mqtt-broker.ts';

const { url, messages } = await (await servers()).mqtt();
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
