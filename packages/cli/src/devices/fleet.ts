import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Endpoints } from '#up/endpoints.ts';
import type { Act } from './plan.ts';

/** What a real device keeps to send again: longer than the MQTT broker takes to save what it has acknowledged. */
const REMEMBER_MS = 5_000;

const RECONNECT_MS = 250;

/** After a reconnect: by then the bridge has subscribed again, should the MQTT broker have forgotten its session too. */
const RESEND_AFTER_MS = 2_000;

/** Reason code of an acknowledgement of a message that nobody has subscribed to: the MQTT broker has dropped it. */
const NOBODY_HEARD = 16;

interface Sent {
  readonly at: number;
  readonly topic: string;
  readonly payload: string;
}

/** A login of the local stack, shared by many devices; each reading is sent until the MQTT broker has acknowledged it. */
export interface Line {
  send(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects as one of the stack's devices. After a lost connection the last seconds go out again: a broker that was killed
 * may have acknowledged what it had not saved, and numbers make repeats harmless. So they do while nobody hears them.
 */
export async function openLine(
  mqtt: Endpoints['mqtt'],
  login: { username: string; password: string },
): Promise<Line> {
  const client: MqttClient = await connectAsync(mqtt.url, {
    ...login,
    protocolVersion: 5,
    reconnectPeriod: RECONNECT_MS,
  });
  let recent: Sent[] = [];
  let lost = false;
  let again: Promise<void> | undefined;
  const publish = ({ topic, payload }: Sent): Promise<unknown> =>
    client.publishAsync(topic, payload, { qos: 1 });

  async function sendAgain(): Promise<void> {
    await pause(RESEND_AFTER_MS);
    again = undefined;
    await Promise.all(recent.map(publish));
  }

  client.on('error', () => undefined);
  client.on('close', () => {
    lost = true;
  });
  client.on('connect', () => {
    if (lost) again ??= sendAgain();
    lost = false;
  });
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'puback' && packet.reasonCode === NOBODY_HEARD) again ??= sendAgain();
  });
  return {
    async send(topic, payload) {
      const now = Date.now();
      if (recent.length > 0 && recent[0]!.at < now - 3 * REMEMBER_MS && !again) {
        recent = recent.filter(({ at }) => at > now - 2 * REMEMBER_MS);
      }
      const sent = { at: now, topic, payload };
      recent.push(sent);
      await publish(sent);
    },
    async close() {
      // A connection that is lost has something to send again, and that may find nobody there once more.
      while (lost || again) await (again ?? pause(RECONNECT_MS));
      await client.endAsync();
    },
  };
}

/** Sends a plan by the clock; resolves when the MQTT broker has acknowledged all of it. */
export async function playFleet(
  mqtt: Endpoints['mqtt'],
  acts: readonly Act[],
  say: (line: string) => void,
): Promise<void> {
  const lines = await Promise.all(mqtt.devices.map((login) => openLine(mqtt, login)));
  const began = Date.now();
  const waiting: Promise<void>[] = [];
  let told = began;
  try {
    for (const [index, act] of acts.entries()) {
      const early = began + act.at - Date.now();
      if (early > 2) await pause(early);
      const device = act.kind === 'reading' ? act.reading.deviceId : act.garbage.sku;
      const line = lines[lineOf(device, lines.length)]!;
      const sku = act.kind === 'reading' ? act.reading.sku : act.garbage.sku;
      waiting.push(line.send(`iot/inventory/${sku}/delta`, payloadOf(act, began)));
      if (Date.now() - told > 2_000) {
        told = Date.now();
        say(`${index + 1} of ${acts.length} sent`);
      }
    }
    await Promise.all(waiting);
  } finally {
    await Promise.all(lines.map((line) => line.close()));
  }
}

function payloadOf(act: Act, began: number): string {
  if (act.kind === 'garbage') return act.garbage.text;
  const { deviceId, seq, delta } = act.reading;
  return JSON.stringify({
    delta,
    reason: 'SENSOR',
    deviceId,
    seq,
    ts: new Date(began + act.ts).toISOString(),
  });
}

function lineOf(device: string, lines: number): number {
  let sum = 0;
  for (const character of device) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return sum % lines;
}
