import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** Where the channels' sinks are; the only place that knows secrets of theirs. */
export const channelSettings = {
  /** `smtp://user:password@host:port`; `?tls=required` refuses to send in the clear. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3).default('Tradewind <no-reply@tradewind.example>'),
  SMS_URL: z.url(),
  SMS_TOKEN: z.string().min(1).optional(),
  PUSH_URL: z.url(),
  PUSH_TOKEN: z.string().min(1).optional(),
  /** An incoming webhook: whoever knows it may post. */
  SLACK_URL: z.url(),
  /** Longest time of one try. */
  NOTIFICATION_CALL_TIMEOUT_MS: milliseconds(3_000),
  /** How long a delivery belongs to the process that took it; longer than a try and the note of it. */
  NOTIFICATION_LEASE_MS: milliseconds(10_000),
  /** Pause after the first try that failed; later ones are 4, 16, 64 and 256 times as long. */
  NOTIFICATION_RETRY_MS: milliseconds(15_000),
  /** How long a sink that fails again and again is left alone. */
  NOTIFICATION_BREAKER_REST_MS: milliseconds(5_000),
};

const settings = z.object(channelSettings);
export type ChannelSettings = z.infer<typeof settings>;
