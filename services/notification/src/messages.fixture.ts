import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { startProcess } from '@tradewind/testing/service-process.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { z } from 'zod';
import { openChannels } from '#channels/open-channels.ts';
import { channelSettings } from '#channels/settings.ts';
import type { Notice } from '#messages/decide.ts';
import { dispatcher } from '#messages/dispatcher.ts';
import { notifier } from '#messages/notify.ts';
import { notificationQueries } from '#messages/queries.ts';
import { preferenceStore } from '#preferences/store.ts';
import { noPreferences, type Wishes } from '#preferences/preferences.ts';

const dir = fileURLToPath(new URL('../migrations', import.meta.url));

export interface Kept {
  readonly to: string;
  readonly subject: string | null;
  readonly text: string;
  readonly html: string | null;
  readonly repeats: number;
}

/** The real mailbox in a process of its own. */
export async function startMailbox() {
  const folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
  const smtpPort = await freePort();
  const process = await startProcess('../infra/simulators/mailbox', {
    SMTP_PORT: String(smtpPort),
    STATE_FILE: join(folder, 'messages'),
  });
  const http = httpClient(process.url);
  return {
    urls: {
      SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      SMS_URL: `${process.url}/sms/messages`,
      PUSH_URL: `${process.url}/push/messages`,
      SLACK_URL: `${process.url}/slack/webhook`,
    },
    http,
    async to(address: string): Promise<readonly Kept[]> {
      const { body } = await http.get<{ items: Kept[] }>(`/messages?to=${encodeURIComponent(address)}`);
      return body.items;
    },
    knobs: (knobs: object) => http.put('/_control/knobs', knobs),
    async close(): Promise<void> {
      await process.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The service's parts on a database of their own, sending to the mailbox. */
export async function openMessages(urls: Record<string, string>) {
  const database = await templateDatabase({ name: 'notification', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'notification-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'notification-test', maxConnections: 4 });
  const encoder = eventEncoder('notification-service', createLocalRegistry());
  const settings = z.object(channelSettings).parse({ ...urls, NOTIFICATION_CALL_TIMEOUT_MS: 1_000 });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const channels = openChannels(settings);
  const loops = channels.map((channel) =>
    dispatcher(channel, {
      ...{ db, systemDb, encoder, log, random: Math.random, onCommit: silent },
      metrics: { tried: silent },
      ...{ leaseMs: 2_000, retryMs: 20 },
    }),
  );
  const notify = notifier(db, silent);
  const queries = notificationQueries(db);
  const preferences = preferenceStore(db);
  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    systemDb.transaction('', (tx) => tx.execute<Row>(text, values));
  return {
    ...{ database, db, rows },
    start: () => Promise.all(loops.map((loop) => loop.start())),
    wishes: (recipient: string, wishes: Partial<Wishes>, storeId = 'STORE-1') => {
      const {
        recipient: _,
        accountEmail: __,
        version: ___,
        updatedAt: ____,
        ...none
      } = noPreferences(recipient);
      return preferences.replace(storeId, recipient, { ...none, ...wishes }, undefined);
    },
    /** As a handler does with an event; the same id is the same event again. */
    tell: (notice: Notice, eventId = newId(), storeId = 'STORE-1') =>
      notify({
        storeId,
        correlationId: newId(),
        occurredAt: new Date(),
        inbox: { consumer: 'notification.test', eventId },
        notice,
      }),
    async of(recipient: string, storeId = 'STORE-1') {
      const filter = { resource: undefined, status: undefined, channel: undefined, before: undefined };
      return queries.list(storeId, { ...filter, recipient, limit: 100 });
    },
    /** Outcome events in the outbox: type and version of each, by recipient. */
    events: (recipient: string) =>
      rows<{ type: string; version: number }>(
        `select split_part(event_type, '.', 4) as type, aggregate_version as version from outbox
         where partition_key = $1 order by id`,
        [recipient],
      ),
    async close(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(channels.map((channel) => channel.close()));
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

export const paid = (recipient: string, orderId = newId()): Notice => ({
  ...{ kind: 'order-paid', recipient, resource: `order:${orderId}` },
  values: { orderId, totalAmount: '129.50', currency: 'USD' },
});
