import { READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import type { Log } from '@tradewind/messaging/log.ts';
import type { HealthCheck } from '@tradewind/service/health.ts';

const REFRESH_MS = 2_000;

/**
 * Whether Kafka takes readings. The last batch says so while readings come; a bridge that has none asks Kafka itself, at most
 * every two seconds, as it would not notice otherwise.
 */
export function kafkaCheck(
  kafka: Pick<Log, 'endOffsets'>,
  forward: { readonly publishing: boolean },
  now: () => number = Date.now,
): HealthCheck {
  let asked: { readonly at: number; readonly answer: Promise<unknown> } | undefined;
  return {
    name: 'kafka',
    async check() {
      if (!forward.publishing) return { ok: false };
      if (!asked || now() - asked.at > REFRESH_MS)
        asked = { at: now(), answer: kafka.endOffsets(READINGS_TOPIC) };
      await asked.answer;
      return { ok: true };
    },
  };
}
