import { afterAll } from 'vitest';
import { brokerConformance } from '@tradewind/messaging/conformance.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { createAmqpBroker } from './amqp-broker.ts';
import { openConnection } from './connection.ts';

const { url } = await (await servers()).rabbitmq();
// Groups of tests are soon forgotten, and their queues with them.
const connect = (options: { readonly drainMs?: number } = {}) =>
  createAmqpBroker({ url, groupKeptMs: 60_000, ...options });

const keeper = connect();
const topics: string[] = [];

async function newTopic(): Promise<string> {
  const topic = `conformance.${process.pid}.${Date.now()}.${topics.length}`;
  topics.push(topic);
  await keeper.ensureTopic(topic);
  return topic;
}

afterAll(async () => {
  await keeper.close();
  const connection = await openConnection({ url });
  await connection.ask(async (channel) => {
    for (const topic of topics) await channel.deleteExchange(topic);
  });
  await connection.close();
});

brokerConformance('RabbitMQ', () => ({
  connect,
  newTopic,
  ensureGroup: (topic, group) => keeper.ensureGroup(topic, group),
}));
