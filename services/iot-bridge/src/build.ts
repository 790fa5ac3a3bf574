import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { deadLetterTopic } from '@tradewind/contracts/topics.ts';
import { inBackground } from '@tradewind/service/event-service.ts';
import { registerHealth } from '@tradewind/service/health.ts';
import { createHttp } from '@tradewind/service/http.ts';
import { type Component, closing, type Foundation } from '@tradewind/service/start.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import type { Config } from '#config.ts';
import { forwarder } from '#forward.ts';
import { mqttIntake } from '#intake.ts';
import { kafkaCheck } from '#kafka-check.ts';
import { bridgeMetrics } from '#metrics.ts';
import { sessionName } from '#session-name.ts';
import { CONSUMER } from '#translate.ts';

/** MQTT in, Kafka out; no database. */
export async function build(config: Config, { log, telemetry }: Foundation): Promise<Component[]> {
  const tokens = tokenVerifier({ jwksUrl: config.JWKS_URL, issuer: config.JWT_ISSUER });
  const app = await createHttp({ service: 'iot-bridge', config, logger: log, tokens });
  const broker = createKafkaBroker({ clientId: 'iot-bridge', brokers: config.KAFKA_BROKERS, log });
  const metrics = bridgeMetrics();
  const forward = forwarder({ publisher: broker.publisher(), metrics, log });
  metrics.waiting(() => forward.waiting);
  const intake = mqttIntake({
    ...{ url: config.MQTT_URL, username: config.MQTT_USERNAME, password: config.MQTT_PASSWORD },
    ...{
      clientId: sessionName(config.MQTT_CLIENT_ID, config.MQTT_PASSWORD),
      group: config.MQTT_GROUP,
      receiveMaximum: config.MQTT_RECEIVE_MAXIMUM,
      log,
    },
    take: (arrival) => forward.take(arrival),
  });
  registerHealth(
    app,
    telemetry,
    [
      {
        name: 'mqtt',
        check: async () => ({ ok: intake.ready, detail: { unacknowledged: forward.waiting } }),
      },
      kafkaCheck(broker, forward),
    ],
    () => [],
  );
  const started = {
    // Nothing is taken before there is a place for what is wrong with it.
    async start() {
      await broker.ensureTopic(deadLetterTopic(CONSUMER));
      await intake.start();
    },
    async stop() {
      await forward.stop();
      await intake.stop();
    },
  };
  return [
    {
      name: 'http',
      start: () => app.listen({ host: config.HOST, port: config.PORT }).then(() => undefined),
      stop: () => app.close(),
    },
    closing('broker', () => broker.close()),
    inBackground('intake', started, log),
  ];
}
