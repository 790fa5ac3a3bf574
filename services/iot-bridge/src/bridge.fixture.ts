import { READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { deadLetterTopic } from '@tradewind/contracts/topics.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import type { Offsets } from '@tradewind/messaging/log.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { type ServiceProcess, startProcess } from '@tradewind/testing/service-process.ts';
import { tokenIssuer } from '@tradewind/testing/tokens.ts';
import { connectAsync } from 'mqtt';
import { sessionName } from '#session-name.ts';

export const LETTERS_TOPIC = 'dlq.iot-bridge';

/** Real servers, a device's connection, and bridges as processes of their own. */
export async function openBridge() {
  const shared = await servers();
  const [{ brokers }, mqtt, issuer] = [await shared.kafka(), await shared.mqtt(), await tokenIssuer()];
  const kafka = createKafkaBroker({ clientId: 'bridge-test', brokers: [...brokers] });
  await kafka.ensureTopic({ name: READINGS_TOPIC });
  await kafka.ensureTopic(deadLetterTopic('iot-bridge'));
  const clientId = `bridge-${newId().slice(-12)}`;
  const running: ServiceProcess[] = [];
  const starts = new Map<string, Offsets>();
  for (const topic of [READINGS_TOPIC, LETTERS_TOPIC]) starts.set(topic, await kafka.endOffsets(topic));
  const login = mqtt.devices[0] ?? mqtt.ingest;
  const device = await connectAsync(mqtt.url, {
    ...login,
    protocolVersion: 5,
    clientId: `device-${clientId}`,
  });

  return {
    device,
    /** A bridge, always with the same session at the MQTT broker. */
    async start(env: Record<string, string> = {}, options?: { ready: boolean }): Promise<ServiceProcess> {
      const process = await startProcess(
        'iot-bridge',
        {
          ...{ KAFKA_BROKERS: brokers.join(','), JWKS_URL: issuer.jwksUrl, JWT_ISSUER: issuer.issuer },
          ...{ MQTT_URL: mqtt.url, MQTT_USERNAME: mqtt.ingest.username, MQTT_PASSWORD: mqtt.ingest.password },
          ...{ MQTT_CLIENT_ID: clientId, LOG_LEVEL: 'warn' },
          ...env,
        },
        options,
      );
      running.push(process);
      return process;
    },
    send: (sku: string, payload: object | string, userProperties?: Record<string, string>) =>
      device.publishAsync(
        `iot/inventory/${sku}/delta`,
        typeof payload === 'string' ? payload : JSON.stringify(payload),
        { qos: 1, ...(userProperties ? { properties: { userProperties } } : {}) },
      ),
    /** What has come to a topic since this began, about one sku. */
    async arrived(sku: string, topic = READINGS_TOPIC): Promise<Message[]> {
      const ends = await kafka.endOffsets(topic);
      const found: Message[] = [];
      for (const [partition, end] of ends) {
        const from = starts.get(topic)?.get(partition) ?? 0n;
        if (from >= end) continue;
        for await (const batch of kafka.read(topic, partition, from, end)) found.push(...batch);
      }
      const about = (message: Message) =>
        message.headers['dlq.topic'] === `iot/inventory/${sku}/delta` ||
        message.value.toString().includes(`"sku":"${sku}"`);
      return found.filter(about);
    },
    async close(): Promise<void> {
      await Promise.all(running.map((process) => process.stop()));
      await device.endAsync();
      // Else the session would gather messages for ever.
      const session = sessionName(clientId, mqtt.ingest.password);
      const last = { ...mqtt.ingest, clientId: session, protocolVersion: 5, clean: true } as const;
      await (await connectAsync(mqtt.url, last)).endAsync();
      await kafka.close();
      await issuer.close();
    },
  };
}
