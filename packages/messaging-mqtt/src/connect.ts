import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

export interface MqttOptions {
  /** mqtt://host:port */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

const RECONNECT_MS = 250;
const KEEPALIVE_S = 10;

/** A client that connects, and connects again, by itself. Speaks MQTT 5: only there a broker says why it refuses. */
export function openClient({ url, username, password }: MqttOptions, options: IClientOptions): MqttClient {
  const client = mqtt.connect(url, {
    username,
    password,
    protocolVersion: 5,
    reconnectPeriod: RECONNECT_MS,
    keepalive: KEEPALIVE_S,
    resubscribe: false,
    queueQoSZero: false,
    ...options,
  });
  // Followed by "close" and another try; unheard it would end the process.
  client.on('error', () => undefined);
  return client;
}

/** Resolves when it is connected; with false when `ms` are over. */
export function connected(client: MqttClient, ms: number): Promise<boolean> {
  if (client.connected) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      client.off('connect', onConnect);
      resolve(answer);
    };
    const onConnect = (): void => end(true);
    const timer = setTimeout(() => end(false), ms);
    client.once('connect', onConnect);
  });
}
