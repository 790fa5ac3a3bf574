import { decodeReading, READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { sql } from '../e2e/database.fixture.ts';
import { stack } from '../e2e/stack.fixture.ts';

const LETTERS_TOPIC = 'dlq.iot-bridge';

/** A message in Kafka, as far as it matters here. */
interface Kept {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Ends {
  /** Readings for the stock. */
  readonly readings: readonly Kept[];
  readonly letters: readonly Kept[];
}

/** What has come out of the bridge since this was opened. */
export async function openEnds() {
  const kafka = createKafkaBroker({ clientId: 'fuzz-devices', brokers: stack.kafka.split(',') });
  const topics = [READINGS_TOPIC, LETTERS_TOPIC];
  const starts = await Promise.all(topics.map((topic) => kafka.endOffsets(topic)));

  async function since(n: 0 | 1): Promise<Kept[]> {
    const topic = topics[n] ?? '';
    const found: Kept[] = [];
    for (const [partition, end] of await kafka.endOffsets(topic)) {
      const from = starts[n]?.get(partition) ?? 0n;
      if (from >= end) continue;
      for await (const batch of kafka.read(topic, partition, from, end)) found.push(...batch);
    }
    return found;
  }
  return {
    read: async (): Promise<Ends> => ({ readings: await since(0), letters: await since(1) }),
    close: () => kafka.close(),
  };
}

/** As inventory names it, in its ledger and among what waits. */
function nameOf({ value, headers }: Kept): string {
  const { deviceId, session = '', seq } = decodeReading(value);
  return deviceId === undefined || seq === undefined
    ? (headers['readingId'] ?? '')
    : `${deviceId}:${session}:${seq}`;
}

const known = `
  select adjustment_id as name from inventory_adjustment where adjustment_id = any($1)
  union select reading_id from device_reading where reading_id = any($1)`;

/** Readings that came to no end in inventory: neither in the ledger nor waiting. */
export async function lostIn(readings: readonly Kept[]): Promise<string[]> {
  const names = [...new Set(readings.map(nameOf))];
  const found = await sql<{ name: string }>('inventory', known, [names]);
  const ended = new Set(found.map(({ name }) => name));
  return names.filter((name) => !ended.has(name));
}
