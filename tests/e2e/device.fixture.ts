import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { stack } from './stack.fixture.ts';

/** A connection as one of the stack's devices. */
export async function device(options: IClientOptions = {}): Promise<MqttClient> {
  const [login] = stack.mqtt.devices;
  return connectAsync(stack.mqtt.url, { ...login, protocolVersion: 5, ...options });
}

export const report = (client: MqttClient, sku: string, payload: object | string): Promise<unknown> =>
  client.publishAsync(
    `iot/inventory/${sku}/delta`,
    typeof payload === 'string' ? payload : JSON.stringify({ reason: 'SENSOR', ...payload }),
    { qos: 1 },
  );
