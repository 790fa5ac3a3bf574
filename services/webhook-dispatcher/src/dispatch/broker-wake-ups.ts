import { openConnection } from '@tradewind/messaging-amqp/connection.ts';
import { openDelayedQueue } from '@tradewind/messaging-amqp/delayed.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { WebhookMetrics } from '#metrics.ts';
import { STEPS_MS } from './schedule.ts';
import type { Wake, WakeUps } from './wake-ups.ts';

export interface BrokerWakeUps extends WakeUps {
  readonly connected: boolean;
  /** Hears from now on what instances are told. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerWakeUpsOptions {
  readonly url: string;
  /** Prefix of the queues. */
  readonly name?: string;
  readonly timeScale: number;
  readonly metrics: Pick<WebhookMetrics, 'woken' | 'wakeLost'>;
  readonly log: Logger;
  onWake(one: Wake): void;
}

const PREFETCH = 200;

/** A subscription's id has no blank in it, a tenant's may have. */
const written = ({ storeId, subscriptionId }: Wake): string => `${subscriptionId} ${storeId}`;

export function readWake(text: string): Wake {
  const end = text.indexOf(' ');
  return { storeId: text.slice(end + 1), subscriptionId: text.slice(0, end) };
}

/**
 * Wake-ups through RabbitMQ: whichever instance has time gets them, and a step of the schedule is a queue in which they
 * rest. Acknowledged as soon as they are heard, as an attempt may take long and others must not wait behind it: what is lost
 * with a process, or while the broker is away, the sweeper finds.
 */
export async function openBrokerWakeUps(options: BrokerWakeUpsOptions): Promise<BrokerWakeUps> {
  const { url, name = 'webhooks', timeScale, metrics, log, onWake } = options;
  const connection = await openConnection({ url, log });
  const stepsMs = STEPS_MS.map((ms) => Math.max(Math.round(ms * timeScale), 1));
  const queue = openDelayedQueue(connection, { name, stepsMs });
  let consuming: { stop(): Promise<void> } | undefined;

  return {
    get connected() {
      return connection.connected;
    },
    now(wakes) {
      queue.publishDue(wakes.map(written)).catch(() => {
        metrics.wakeLost(wakes.length);
        wakes.forEach(onWake);
      });
    },
    after(step, one) {
      queue.publishAfter(step, [written(one)]).catch(() => metrics.wakeLost(1));
    },
    async start() {
      consuming = queue.consume(
        async (texts) => {
          for (const text of new Set(texts)) {
            metrics.woken('broker');
            onWake(readWake(text));
          }
        },
        { prefetch: PREFETCH },
      );
    },
    async stop() {
      await consuming?.stop();
      await queue.close();
      await connection.close();
    },
  };
}
