import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { claimDue, type Due } from './deliveries.ts';
import { retryIn } from './retry.ts';
import { settle, type Tried } from './settle.ts';
import { ChannelFailure } from '#channels/channel.ts';
import type { ReliableChannel } from '#channels/reliable.ts';
import type { MessageMetrics } from '#metrics.ts';

const POLL_MS = 250;

export interface DispatcherOptions {
  readonly db: Database;
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly encoder: EventEncoder;
  /** Wakes the relay. */
  readonly onCommit: () => void;
  readonly metrics: Pick<MessageMetrics, 'tried'>;
  readonly leaseMs: number;
  readonly retryMs: number;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Sends what is due by one channel, round after round. Channels have a loop each, so that a sink that hangs delays no
 * other. Every instance sends: the claim decides who has what.
 */
export function dispatcher(channel: ReliableChannel, options: DispatcherOptions): Periodic {
  const { systemDb, leaseMs, retryMs, random, metrics, log } = options;

  async function send(due: Due): Promise<Tried> {
    const { deliveryId, attempts } = due;
    const common = { deliveryId, attempts, retryInMs: null, providerMessageId: null };
    try {
      const answer = await channel.send(due);
      if (answer.kind === 'SENT') {
        const { providerMessageId } = answer;
        return { due, settlement: { ...common, status: 'SENT', code: null, providerMessageId } };
      }
      log.warn({ deliveryId, channel: channel.name, detail: answer.detail }, 'a message was refused');
      return { due, settlement: { ...common, status: 'FAILED', code: answer.code } };
    } catch (error) {
      if (!(error instanceof ChannelFailure)) throw error;
      const { code, retryAfterMs = 0 } = error;
      log.warn({ deliveryId, channel: channel.name, attempts, code, error: error.message }, 'a try failed');
      const pause = retryIn(attempts, retryMs, random);
      if (pause === undefined) return { due, settlement: { ...common, status: 'FAILED', code } };
      return {
        due,
        settlement: { ...common, status: 'PENDING', code, retryInMs: Math.max(pause, retryAfterMs) },
      };
    }
  }

  async function round(stopping: () => boolean): Promise<void> {
    while (!stopping()) {
      const { room } = channel;
      const claimed = room === 0 ? [] : await claimDue(systemDb, channel.name, room, leaseMs);
      if (claimed.length === 0) return;
      failpoint('deliver.claimed');
      const tried = await Promise.all(claimed.map(send));
      failpoint('deliver.sent');
      for (const [storeId, own] of Map.groupBy(tried, ({ due }) => due.storeId)) {
        await settle(options, storeId, own);
        for (const { settlement } of own) metrics.tried(channel.name, settlement);
      }
      if (claimed.length < room) return;
    }
  }

  return periodically({ name: `messages by ${channel.name}`, everyMs: POLL_MS, round, log });
}
