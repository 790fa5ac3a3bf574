import { metrics } from '@opentelemetry/api';
import type { Database } from '@tradewind/postgres/database.ts';
import type { ReliableChannel } from '#channels/reliable.ts';
import type { Settlement } from '#messages/deliveries.ts';
import { type ChannelName, channelNames } from '#messages/kinds.ts';
import type { NewMessage } from '#messages/rows.ts';

export interface MessageMetrics {
  tried(channel: ChannelName, settlement: Settlement): void;
  /** Counts what of a message is not sent. */
  planned(message: NewMessage): void;
}

const oldest = `
  select channel, extract(epoch from now() - min(created_at))::float8 as age from notification_deliveries
  where status = 'PENDING' group by channel`;

export function messageMetrics(systemDb: Database, channels: readonly ReliableChannel[]): MessageMetrics {
  const meter = metrics.getMeter('tradewind.notification');
  const sent = meter.createCounter('notification_sent_total', { description: 'Messages that a sink took' });
  const failed = meter.createCounter('notification_failed_total', {
    description: 'Messages that were given up, by the last reason',
  });
  const retried = meter.createCounter('notification_retries_total', {
    description: 'Tries that failed and are made again',
  });
  const suppressed = meter.createCounter('notification_suppressed_total', {
    description: 'Messages that are not sent, by reason',
  });
  for (const channel of channelNames) {
    sent.add(0, { channel });
    failed.add(0, { channel, code: 'REFUSED' });
  }
  meter
    .createObservableGauge('notification_oldest_pending_seconds', {
      description: 'Age of the oldest message that is still to be sent',
      unit: 's',
    })
    .addCallback(async (result) => {
      const rows = await systemDb.transaction('', (tx) =>
        tx.query<{ channel: ChannelName; age: number }>(oldest),
      );
      for (const channel of channelNames) {
        result.observe(rows.find((row) => row.channel === channel)?.age ?? 0, { channel });
      }
    });
  meter
    .createObservableGauge('notification_breaker_open', { description: '1 while a sink is left alone' })
    .addCallback((result) => {
      for (const { name, breakerOpen } of channels) result.observe(breakerOpen ? 1 : 0, { channel: name });
    });
  return {
    tried(channel, { status, code }) {
      if (status === 'SENT') sent.add(1, { channel });
      else if (status === 'FAILED') failed.add(1, { channel, code: code ?? '' });
      else retried.add(1, { channel, code: code ?? '' });
    },
    planned({ deliveries }) {
      for (const { channel, status, code } of deliveries) {
        if (status === 'SUPPRESSED') suppressed.add(1, { channel, code: code ?? '' });
      }
    },
  };
}
