import { emailChannel } from './email.ts';
import { pushChannel } from './push.ts';
import { type ReliableChannel, reliable } from './reliable.ts';
import { slackChannel } from './slack.ts';
import { smsChannel } from './sms.ts';
import type { ChannelSettings } from './settings.ts';

/** Messages of a channel that go out at once. */
const CONCURRENCY = 20;

/** The ways in which this installation reaches people. */
export function openChannels(settings: ChannelSettings): ReliableChannel[] {
  const common = { timeoutMs: settings.NOTIFICATION_CALL_TIMEOUT_MS, connections: CONCURRENCY };
  return [
    emailChannel({ url: settings.SMTP_URL, from: settings.MAIL_FROM, ...common }),
    smsChannel({ url: settings.SMS_URL, token: settings.SMS_TOKEN, ...common }),
    pushChannel({ url: settings.PUSH_URL, token: settings.PUSH_TOKEN, ...common }),
    slackChannel({ url: settings.SLACK_URL, ...common }),
  ].map((channel) =>
    reliable(channel, {
      concurrency: CONCURRENCY,
      restMs: settings.NOTIFICATION_BREAKER_REST_MS,
      now: () => performance.now(),
    }),
  );
}
