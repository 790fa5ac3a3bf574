import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { WebhookMetrics } from '#metrics.ts';
import type { Sender } from '#send/sender.ts';
import type { Claim, Claimed } from './claim.ts';
import type { Ended, Recorded } from './outcomes.ts';
import type { Retry } from './schedule.ts';
import type { Wake, WakeUps } from './wake-ups.ts';

export interface DispatcherOptions {
  readonly claim: Claim;
  readonly sender: Sender;
  readonly record: (ended: Ended) => Promise<Recorded>;
  readonly wakeUps: WakeUps;
  readonly metrics: WebhookMetrics;
  readonly log: Logger;
  /** Attempts in hand. */
  readonly most: number;
  /** An outcome that cannot be stored is kept for so long; then the delivery is somebody else's. */
  readonly leaseMs: number;
  /** For what is in hand at the end: a service stops within ten seconds, an endpoint may take fifteen. */
  readonly graceMs: number;
}

export interface Dispatcher {
  /** Looks at a subscription as soon as there is room. */
  wake(one: Wake): void;
  wakeIn(one: Wake, ms: number): void;
  readonly inFlight: number;
  /** Begins nothing more, and ends what is in hand; what takes too long for that is left to whoever comes next. */
  stop(): Promise<void>;
}

const PAUSE_MS = 250;
/** Timers are early at times, and what is not due is not found. */
const LATE_MS = 2;
/** What is due so soon is remembered here, to the millisecond. */
const SOON_MS = 2_000;
const RETRY_MS = 500;
/** Subscriptions that one claim looks at. */
const SET = 200;

/**
 * Claims what is due of the subscriptions that were woken, many in one statement, and sends it. An endpoint that hangs
 * holds its own few attempts and nothing else: nobody waits for an attempt to end before others are claimed.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { claim, sender, record, wakeUps, metrics, log, most, leaseMs, graceMs } = options;
  /** By tenant: a claim is one transaction of one. */
  const woken = new Map<string, Set<string>>();
  /** Those that had more to do than they were allowed when they were last looked at. */
  const full = new Set<string>();
  /** The earliest look at each that is to come. */
  const timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  const sending = new Set<Promise<void>>();
  let claiming: Promise<void> | undefined;
  let stopped = false;
  let abandoned = false;

  function wake({ storeId, subscriptionId }: Wake): void {
    if (stopped) return;
    const known = woken.get(storeId);
    if (known) known.add(subscriptionId);
    else woken.set(storeId, new Set([subscriptionId]));
    run();
  }

  function run(): void {
    if (woken.size === 0 || stopped || sending.size >= most) return;
    claiming ??= claimAll().finally(() => {
      claiming = undefined;
      // Who was woken after the last look, while this was still ending.
      run();
    });
  }

  function wakeIn(one: Wake, ms: number): void {
    const known = timers.get(one.subscriptionId);
    const at = performance.now() + ms;
    if (stopped || (known && known.at <= at)) return;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      timers.delete(one.subscriptionId);
      wake(one);
    }, ms + LATE_MS);
    timers.set(one.subscriptionId, { timer, at });
  }

  async function claimAll(): Promise<void> {
    // Those that are woken in the same turn of the event loop are looked at together.
    await new Promise(setImmediate);
    while (!stopped && sending.size < most) {
      const tenant = nextTenant();
      if (!tenant) return;
      const { storeId, ids } = tenant;
      try {
        const { claimed, full: more, later } = await claim(storeId, ids, most - sending.size);
        failpoint('delivery.taken');
        ids.forEach((id) => full.delete(id));
        more.forEach((id) => full.add(id));
        later.forEach(({ subscriptionId, inMs }) => wakeIn({ storeId, subscriptionId }, inMs));
        claimed.forEach(begin);
      } catch (error) {
        log.warn(
          { error: String(error), storeId },
          'deliveries could not be claimed; they are looked for again',
        );
        ids.forEach((subscriptionId) => wakeIn({ storeId, subscriptionId }, PAUSE_MS));
      }
    }
  }

  function nextTenant(): { storeId: string; ids: string[] } | undefined {
    const [first] = woken;
    if (!first) return undefined;
    const [storeId, set] = first;
    const ids = [...set].slice(0, SET);
    // To the end of the line: a tenant with much to do is not the only one.
    woken.delete(storeId);
    ids.forEach((id) => set.delete(id));
    if (set.size > 0) woken.set(storeId, set);
    return { storeId, ids };
  }

  function begin(claimed: Claimed): void {
    const done = deliver(claimed).finally(() => {
      sending.delete(done);
      run();
    });
    sending.add(done);
  }

  async function deliver(claimed: Claimed): Promise<void> {
    metrics.started(claimed);
    const attempt = await sender.send(claimed);
    failpoint('delivery.sent');
    // Cut off by us: that says nothing about the endpoint.
    if (abandoned && attempt.error !== undefined) return;
    const recorded = await kept({ claimed, attempt }, performance.now() + leaseMs);
    if (!recorded) return;
    metrics.ended(attempt, recorded.status);
    const { storeId, subscriptionId } = claimed;
    if (recorded.disabled !== undefined) {
      log.warn(
        { storeId, subscriptionId, reason: recorded.disabled },
        'subscription disabled; its deliveries are held',
      );
    }
    if (recorded.retry) again({ storeId, subscriptionId }, recorded.retry);
    if (recorded.more || full.has(subscriptionId)) wake({ storeId, subscriptionId });
  }

  function again(one: Wake, { step, inMs }: Retry): void {
    if (inMs <= SOON_MS) wakeIn(one, inMs);
    else wakeUps.after(step, one);
  }

  /** Stores an outcome, also over a short absence of the database: a delivery that was taken must not be sent again. */
  async function kept(ended: Ended, until: number): Promise<Recorded | undefined> {
    for (;;) {
      try {
        return await record(ended);
      } catch (error) {
        const { deliveryId } = ended.claimed;
        const over = performance.now() > until || stopped;
        log.warn({ error: String(error), deliveryId, over }, 'an outcome could not be stored');
        if (over) return undefined;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    wake,
    wakeIn,
    get inFlight() {
      return sending.size;
    },
    async stop() {
      stopped = true;
      timers.forEach(({ timer }) => clearTimeout(timer));
      await claiming;
      let late: NodeJS.Timeout | undefined;
      const grace = new Promise((resolve) => (late = setTimeout(resolve, graceMs)));
      await Promise.race([Promise.all(sending), grace]);
      clearTimeout(late);
      abandoned = true;
    },
  };
}
