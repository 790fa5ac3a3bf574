import { readConfig, serviceConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

const bridgeConfig = serviceConfig.extend({
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  MQTT_URL: z.url(),
  MQTT_USERNAME: z.string().min(1),
  MQTT_PASSWORD: z.string().min(1),
  /** Names the session that the MQTT broker keeps while this process is away: its own for each bridge, the same for ever. */
  MQTT_CLIENT_ID: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .default('iot-bridge'),
  /** Several bridges share the messages by a group; unset = this one is the only one, and gets them all (ADR 0032). */
  MQTT_GROUP: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .optional(),
  /** Messages that the MQTT broker hands over before one is acknowledged; what comes beyond waits there. */
  MQTT_RECEIVE_MAXIMUM: z.coerce.number().int().min(1).max(65_535).default(2_000),
});

/** The only reader of the environment. */
export const config = readConfig(bridgeConfig, process.env);

export type Config = z.infer<typeof bridgeConfig>;
