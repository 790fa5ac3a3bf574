import type { MqttUser } from '@tradewind/native/mosquitto-security.ts';
import type { Secrets } from '#secrets.ts';

/** The contract's: these devices stand on every local stack. */
const DEVICES = 9;
const DEVICE_PASSWORD = 'device';

export function mqttUsers({ mqtt }: Pick<Secrets, 'mqtt'>): MqttUser[] {
  const devices = Array.from({ length: DEVICES }, (_, n): MqttUser => ({
    username: `device-${n + 1}`,
    password: DEVICE_PASSWORD,
    role: 'device',
  }));
  return [
    ...devices,
    { username: 'ingest', password: mqtt.ingest, role: 'ingest' },
    { username: 'messages', password: mqtt.messages, role: 'messages' },
  ];
}
