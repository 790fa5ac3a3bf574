import type { Subscription } from '@tradewind/messaging/broker.ts';
import type { HealthCheck } from './health.ts';

export interface Consumer {
  readonly name: string;
  readonly subscription: Subscription | undefined;
}

const REFRESH_MS = 5_000;
const TIMEOUT_MS = 1_000;

/**
 * How far each consumer is behind. Only informs: a service that lags still answers. The broker is asked at most every five
 * seconds, as readiness is asked more often than that; a broker that does not answer leaves the lag `null`.
 */
export function consumerHealth(
  consumers: () => readonly Consumer[],
  now: () => number = Date.now,
): HealthCheck {
  let asked: { readonly at: number; readonly lags: Promise<(number | null)[]> } | undefined;
  return {
    name: 'consumers',
    optional: true,
    async check() {
      const known = consumers();
      if (!asked || now() - asked.at > REFRESH_MS) {
        asked = { at: now(), lags: Promise.all(known.map(({ subscription }) => lagOf(subscription))) };
      }
      const lags = await asked.lags;
      const detail = known.map(({ name, subscription }, at) => [
        name,
        { state: subscription?.state ?? 'starting', lag: lags[at] ?? null },
      ]);
      return { ok: true, detail: Object.fromEntries(detail) as Record<string, unknown> };
    },
  };
}

async function lagOf(subscription: Subscription | undefined): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), TIMEOUT_MS);
  });
  const lag = await Promise.race([subscription?.lag?.(), tooLate]).catch(() => undefined);
  clearTimeout(timer);
  return lag === undefined ? null : Number(lag);
}
