import type { Subscription } from '@tradewind/messaging/broker.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';

export interface LatenessOptions {
  /** To the changes of orders, in Kafka. */
  subscription(): Pick<Subscription, 'state' | 'lag'> | undefined;
  readonly log: Log;
  readonly now?: () => number;
  readonly everyMs?: number;
}

/** Whether changes of orders come late: then an order that is not there yet may well exist. */
export interface Lateness extends Periodic {
  readonly late: boolean;
  /** A change was told. */
  heard(occurredAt: string): void;
}

const LATE_MS = 1_500;
/** After an outage an order's own service needs its time, too, to send what it held back. */
const HOLD_MS = { late: 5_000, outage: 30_000 };
const CHECK_MS = 1_000;
const ANSWER_MS = 3_000;

/** Known by what comes, which says how old it is, and by a broker that says nothing. */
export function lateness({ subscription, log, now = Date.now }: LatenessOptions): Lateness {
  let until = 0;
  let ran = false;
  const hold = (ms: number): void => {
    until = Math.max(until, now() + ms);
  };

  function listens(): boolean {
    const running = subscription()?.state === 'running';
    ran ||= running;
    // A service that starts has not lost anything: it is only not there yet.
    if (!running) hold(ran ? HOLD_MS.outage : HOLD_MS.late);
    return running;
  }

  async function check(): Promise<void> {
    if (!listens()) return;
    await answered(subscription()?.lag?.()).catch(() => hold(HOLD_MS.outage));
  }

  return {
    ...periodically({ name: 'lateness', everyMs: CHECK_MS, log, round: check }),
    get late() {
      listens();
      return now() < until;
    },
    heard(occurredAt) {
      if (now() - Date.parse(occurredAt) > LATE_MS) hold(HOLD_MS.late);
    },
  };
}

async function answered(question: Promise<unknown> | undefined): Promise<void> {
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
