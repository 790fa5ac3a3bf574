import type { Publisher } from '@tradewind/messaging/broker.ts';
import { pause, pauseMs } from '@tradewind/messaging/backoff.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { Arrival } from '#arrival.ts';
import type { BridgeMetrics } from '#metrics.ts';
import { type Outgoing, translate } from '#translate.ts';

export interface ForwardOptions {
  readonly publisher: Publisher;
  readonly metrics: BridgeMetrics;
  readonly log: Logger;
}

export interface Forwarder {
  take(arrival: Arrival): void;
  /** Messages taken and not yet acknowledged. */
  readonly waiting: number;
  /** Kafka took the last batch. */
  readonly publishing: boolean;
  /** Ends with the batch in hand; what waits behind it comes again. */
  stop(): Promise<void>;
}

interface Held {
  readonly arrival: Arrival;
  readonly outgoing: Outgoing;
}

const MAX_BATCH = 1_000;
const BACKOFF = { initialMs: 50, maxMs: 2_000 };

/**
 * Kafka first, then the acknowledgement. One batch is in flight while the next one gathers; it is published until Kafka has
 * it. How much gathers meanwhile is the MQTT broker's receive maximum: the rest waits there, on disk.
 */
export function forwarder({ publisher, metrics, log }: ForwardOptions): Forwarder {
  const stopping = new AbortController();
  let queue: Held[] = [];
  let inHand = 0;
  let publishing = true;
  let running: Promise<void> | undefined;

  async function publish(batch: readonly Held[]): Promise<void> {
    const topics = Map.groupBy(batch, ({ outgoing }) => outgoing.topic);
    await Promise.all(
      [...topics].map(([topic, held]) =>
        publisher.publish(
          topic,
          held.map(({ outgoing }) => outgoing.message),
        ),
      ),
    );
  }

  /** False where the process ends before Kafka took it. */
  async function carry(taken: readonly Held[]): Promise<boolean> {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      // What the MQTT broker will send again must not be published twice.
      const batch = taken.filter(({ arrival }) => arrival.isCurrent());
      inHand = batch.length;
      if (batch.length === 0) return true;
      try {
        await publish(batch);
        publishing = true;
        failpoint('bridge.published');
        for (const { arrival, outgoing } of batch) arrival.acknowledge(outgoing.code);
        metrics.forwarded(batch.map(({ outgoing }) => outgoing));
        return true;
      } catch (error) {
        publishing = false;
        metrics.failed();
        const level = attempt % 10 === 1 ? 'warn' : 'debug';
        log[level]({ attempt, error: String(error) }, 'kafka took no readings; they are tried again');
        await pause(pauseMs(attempt, BACKOFF), stopping.signal);
      }
    }
    return false;
  }

  async function run(): Promise<void> {
    // Messages of the same turn of the event loop go together.
    await new Promise(setImmediate);
    while (queue.length > 0 && !stopping.signal.aborted) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      inHand = batch.length;
      failpoint('bridge.received');
      await carry(batch);
      inHand = 0;
    }
    running = undefined;
  }

  return {
    take(arrival) {
      // A connection that is lost again and again must not fill the memory with what comes again.
      if (queue[0]?.arrival.isCurrent() === false) queue = queue.filter((held) => held.arrival.isCurrent());
      queue.push({ arrival, outgoing: translate(arrival) });
      running ??= run();
    },
    get waiting() {
      return queue.length + inHand;
    },
    get publishing() {
      return publishing;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
