import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';

export interface LatenessOptions {
  /** Of the changes of orders, in Kafka; fails while nobody answers. */
  lag(): Promise<unknown>;
  readonly log: Log;
  readonly now?: () => number;
}

/** Whether changes of orders come late: then an order that is not there yet may well exist. */
export interface Lateness extends Periodic {
  readonly late: boolean;
  /** A change was told. */
  heard(occurredAt: string): void;
}

const LATE_MS = 1_500;
/** An order's own service needs its time, too, to send what it held back meanwhile. */
const HOLD_MS = 5_000;
const CHECK_MS = 1_000;
const ANSWER_MS = 1_000;

/** Known by what comes, which says how old it is, and by a broker that says nothing. */
export function lateness({ lag, log, now = Date.now }: LatenessOptions): Lateness {
  let until = 0;
  const hold = (): void => {
    until = now() + HOLD_MS;
  };
  const checks = periodically({
    name: 'lateness',
    everyMs: CHECK_MS,
    log,
    round: () => answered(lag()).catch(hold),
  });
  return {
    ...checks,
    get late() {
      return now() < until;
    },
    heard(occurredAt) {
      if (now() - Date.parse(occurredAt) > LATE_MS) hold();
    },
  };
}

async function answered(question: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
  });
  try {
    await Promise.race([question, silence]);
  } finally {
    clearTimeout(timer);
  }
}
