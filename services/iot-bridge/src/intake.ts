import { acknowledgeLater, type HeldMessage } from '@tradewind/messaging-mqtt/manual-ack.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import { connect, type MqttClient } from 'mqtt';
import type { Arrival } from '#arrival.ts';

export interface IntakeOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly clientId: string;
  /** Bridges of one group share the messages; a bridge without one gets them all. */
  readonly group: string | undefined;
  readonly receiveMaximum: number;
  readonly log: Logger;
  take(arrival: Arrival): void;
}

export interface Intake {
  start(): Promise<void>;
  /** Leaves; the broker keeps the session and what arrives for it. */
  stop(): Promise<void>;
  /** Connected and subscribed. */
  readonly ready: boolean;
}

const READINGS = 'iot/inventory/+/delta';
const sharedBy = (group: string): string => `$share/${group}/${READINGS}`;
/** The group that the MQTT broker's rights know. */
const INGEST = sharedBy('ingest');
const FOR_EVER = 0xffff_ffff;
const TAKEN_OVER = 0x8e;
const DO_NOT_SEND_RETAINED = 2;
const RECONNECT_MS = 500;

/**
 * The connection to the MQTT broker. Comes back by itself, and then finds its session: what was not acknowledged comes
 * again, what arrived meanwhile comes first.
 */
export function mqttIntake(options: IntakeOptions): Intake {
  const { log, take, group } = options;
  // Mosquitto saves sessions with what waits in them and with their subscriptions, but not with shared ones: after its
  // restart readings would be for nobody until the bridge is back.
  const filter = group === undefined ? READINGS : sharedBy(group);
  const former = group === undefined ? INGEST : READINGS;
  let client: MqttClient | undefined;
  let ready = false;

  /**
   * The client subscribes at each connection: a broker that lost its sessions does not know who it was. What the session was
   * subscribed to under other settings would bring each reading twice.
   */
  async function subscribe(of: MqttClient): Promise<void> {
    try {
      // A message that the broker retains has come when it was sent: each connection would bring it once more.
      const [granted] = await of.subscribeAsync(filter, { qos: 1, rh: DO_NOT_SEND_RETAINED });
      if (granted?.qos !== 1) throw new Error(`granted ${granted?.qos ?? 'nothing'}`);
      await of.unsubscribeAsync(former);
      ready = true;
      log.info({ filter }, 'subscribed');
    } catch (error) {
      if (!of.connected) return;
      log.error({ filter, error: String(error) }, 'not subscribed; the connection is made anew');
      of.reconnect();
    }
  }

  function open(): MqttClient {
    const made = connect(options.url, {
      ...{ username: options.username, password: options.password, clientId: options.clientId },
      ...{
        protocolVersion: 5,
        clean: false,
        resubscribe: false,
        reconnectPeriod: RECONNECT_MS,
        keepalive: 15,
      },
      properties: { sessionExpiryInterval: FOR_EVER, receiveMaximum: options.receiveMaximum },
    });
    // Acknowledged when Kafka has it.
    acknowledgeLater(made, (message) => take(arrivalOf(message)));
    made.on('connect', () => void subscribe(made));
    made.on('close', () => {
      ready = false;
    });
    made.on('disconnect', ({ reasonCode }) => {
      const level = reasonCode === TAKEN_OVER ? 'error' : 'warn';
      log[level]({ reasonCode, clientId: options.clientId }, 'the MQTT broker ends the connection');
    });
    made.on('error', (error) => log.warn({ error: String(error) }, 'MQTT connection'));
    return made;
  }

  return {
    async start() {
      client = open();
    },
    async stop() {
      ready = false;
      await client?.endAsync();
    },
    get ready() {
      return ready;
    },
  };
}

function arrivalOf({ packet, isCurrent, acknowledge }: HeldMessage): Arrival {
  return {
    topic: packet.topic,
    payload: Buffer.from(packet.payload),
    properties: first(packet.properties?.userProperties),
    receivedAt: Date.now(),
    isCurrent,
    acknowledge,
  };
}

function first(properties: Readonly<Record<string, string | string[]>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value[0] ?? '') : value,
    ]),
  );
}
