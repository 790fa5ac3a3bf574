import { eventDefinitions, type EventType } from '@tradewind/contracts/event.ts';
import type { Offsets } from '@tradewind/messaging/log.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { within } from './within.ts';

/** One event as it stands in Kafka. */
export interface SeenEvent {
  readonly type: EventType;
  readonly version: string;
  /** `topic partition@offset` */
  readonly place: string;
  /** epoch ms */
  readonly at: number;
}

/** Looks for events in Kafka, among those that came after the watch began. */
export interface EventWatch {
  /** The first event of this type and key; waits for it. */
  seen(type: EventType, key: string): Promise<SeenEvent>;
  close(): Promise<void>;
}

const TOPICS: readonly string[] = [
  ...new Set(
    (
      [
        'ecommerce.product.product.created.v1',
        'ecommerce.inventory.stock.adjusted.v1',
        'ecommerce.order.order.created.v1',
        'ecommerce.payment.payment.captured.v1',
        'ecommerce.pricing.flash_sale.started.v1',
        'ecommerce.cart.cart.checked_out.v1',
      ] as const
    ).map((type) => eventDefinitions[type].topic),
  ),
];

export async function watchEvents(brokers: string): Promise<EventWatch> {
  const broker = createKafkaBroker({ clientId: 'tw-demo', brokers: brokers.split(',') });
  const starts = new Map<string, Offsets>();
  for (const topic of TOPICS) starts.set(topic, await broker.endOffsets(topic));

  async function look(type: EventType, key: string): Promise<SeenEvent | undefined> {
    const { topic } = eventDefinitions[type];
    const ends = await broker.endOffsets(topic);
    const partition = partitionFor(key, ends.size);
    const [from, to] = [starts.get(topic)?.get(partition) ?? 0n, ends.get(partition) ?? 0n];
    for await (const batch of broker.read(topic, partition, from, to)) {
      const found = batch.find((message) => message.key === key && message.headers['eventType'] === type);
      if (found === undefined) continue;
      const version = found.headers['aggregateVersion'] ?? '?';
      return { type, version, place: `${topic} ${partition}@${found.offset}`, at: found.timestamp };
    }
    return undefined;
  }

  return {
    seen: (type, key) => within(`${type} of ${key}`, () => look(type, key)),
    close: () => broker.close(),
  };
}
