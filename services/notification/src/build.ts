import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { serviceTokens } from '@tradewind/service/service-token.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { openChannels } from '#channels/open-channels.ts';
import type { Config } from '#config.ts';
import { customerAddresses } from '#customers/addresses.ts';
import { identityAccounts } from '#customers/identity-client.ts';
import { dispatcher } from '#messages/dispatcher.ts';
import { registerNotifications } from '#messages/http.ts';
import { notifier } from '#messages/notify.ts';
import { notificationQueries } from '#messages/queries.ts';
import { retryDelivery } from '#messages/retry-delivery.ts';
import { messageMetrics } from '#metrics.ts';
import { registerPreferences } from '#preferences/http.ts';
import { preferenceStore } from '#preferences/store.ts';
import { reactions } from '#reactions.ts';
import { tellBy } from '#tell.ts';
import { registerTemplates } from '#templates/http.ts';
import { templateStore } from '#templates/store.ts';
import { projections } from '#projections.ts';
import { push } from '#push/build-push.ts';

/** The service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log } = foundation;
  const service = await openEventService('notification', config, foundation);
  const { app, db, systemDb, encoder, relay } = service;
  const channels = openChannels(config);
  const metrics = messageMetrics(systemDb, channels);
  const pushed = await push(service, config, foundation);

  const accounts = accountsOf(config);

  registerPreferences(app, preferenceStore(db));
  registerNotifications(app, notificationQueries(db), retryDelivery(db));
  registerTemplates(app, templateStore(db));

  const sending = {
    ...{ db, systemDb, encoder, metrics, log, random: Math.random, onCommit: () => relay.wake() },
    leaseMs: config.NOTIFICATION_LEASE_MS,
    retryMs: config.NOTIFICATION_RETRY_MS,
  };
  return eventServiceComponents('notification', config, foundation, service, {
    reactions: [...reactions, ...pushed.reactions],
    deps: { tell: tellBy(notifier(db, metrics.planned)), addresses: customerAddresses(db, accounts) },
    projections,
    checks: [
      ...pushed.checks,
      ...channels.map((channel) => ({
        name: `sink of ${channel.name}`,
        check: async () => ({ ok: !channel.breakerOpen }),
        optional: true,
      })),
    ],
    components: [
      closing('identity client', () => accounts.close()),
      ...channels.map((channel) => closing(`channel ${channel.name}`, () => channel.close())),
      ...channels.map((channel) => dispatcher(channel, sending)),
      ...pushed.components,
    ],
  });
}

/** Identity, asked in this service's own name. */
function accountsOf({ JWT_ISSUER: identityUrl, SERVICE_KEY: serviceKey }: Config) {
  return identityAccounts(identityUrl, serviceTokens({ identityUrl, serviceKey, service: 'notification' }));
}
