import type { EventOf, EventType } from '@tradewind/contracts/event.ts';
import { eventDefinitions } from '@tradewind/contracts/event.ts';
import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { stack } from '../e2e/stack.fixture.ts';

const LAST_MINUTES_MS = 300_000;

/** What was published about one resource within the last minutes. */
export async function eventsOf<T extends EventType>(type: T, key: string): Promise<readonly EventOf<T>[]> {
  const broker = createKafkaBroker({ clientId: 'stories', brokers: stack.kafka.split(',') });
  const registry = createSchemaRegistry({ url: stack.registry });
  const { topic } = eventDefinitions[type];
  try {
    const [starts, ends] = await Promise.all([
      broker.offsetsAt(topic, Date.now() - LAST_MINUTES_MS),
      broker.endOffsets(topic),
    ]);
    const partition = partitionFor(key, ends.size);
    const [from, to] = [starts.get(partition) ?? 0n, ends.get(partition) ?? 0n];
    const found: EventOf<T>[] = [];
    for await (const batch of broker.read(topic, partition, from, to)) {
      for (const { value, headers, key: about } of batch) {
        if (about !== key || headers['eventType'] !== type) continue;
        found.push((await registry.decode(value)) as unknown as EventOf<T>);
      }
    }
    return found;
  } finally {
    await broker.close();
  }
}
