import { latencies, percentiles, record } from '#bench/closed-loop.ts';
import { readEvents, recordsOf } from '#reconcile/event-log.ts';
import { openBackground, type Background, type Placed } from './background.ts';
import { ENDPOINTS, openPartner } from './brokers/partner.ts';
import { partnerProblems } from './brokers/partner-oracle.ts';
import { subscribe } from './brokers/subscriptions.ts';
import { openPages, pagesAgree } from './brokers/told.ts';
import type { Broken } from './checks.ts';
import { onInterrupt } from './interruption.ts';
import { prepareLoad, STORE, type Load } from './load.ts';
import { seededRandom } from './random.ts';
import { giveAddresses, readBooks, readSinks, sinkProblems, untilSent } from './replay/sinks.ts';
import { comeToRest, settleAndCheck, showProgress, type RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';

/** One order a second of each buyer at most; what many orders cost besides is `--background`'s. */
const REST_MS = 1_000;
/** Of the orders that were to come beside the buyers. */
const ENOUGH = 0.9;
const CREATED = 'ecommerce.order.order.created.v1';

export interface Beside<T> {
  readonly load: Load;
  readonly result: T;
  /** What buyers did, and what of it arrived outside. */
  readonly bought: Readonly<Record<string, number>>;
  readonly latencies: Readonly<Record<string, string>>;
  /** What makes the run void. */
  readonly missing: readonly string[];
  readonly violations: readonly Broken[];
}

/**
 * Buyers order alone for half of the time, then while something goes on beside them, and at least until that is over. Counted at the
 * sinks: nothing arrives outside that the orders alone don't explain. Live latency is told beside that of the same load alone.
 *
 * @param what goes on, as it is called in what is told
 */
export async function besideBuyers<T>(
  scene: Scene,
  { seed, seconds, clients, background }: RunOptions,
  what: string,
  work: (end: () => boolean) => Promise<T>,
): Promise<Beside<T>> {
  await using after = new AsyncDisposableStack();
  const partner = await openPartner(seededRandom(seed + 1), 0);
  after.defer(() => partner.close());
  await giveAddresses(seed, clients);
  let answered: ((ms: number) => void) | undefined;
  const load = await prepareLoad(scene, {
    ...{ seed, clients, scarcePieces: 2 * clients, restMs: REST_MS },
    orderUrls: [scene.endpoints.services['order']!],
    onAnswer: (ms) => answered?.(ms),
  });
  const others = await openBackground(scene, background);
  await comeToRest(scene);
  const since = Date.now();
  const subscriptions = await subscribe(scene, partner);
  const subscribed = Date.now();
  after.defer(onInterrupt(() => subscriptions.remove()));
  after.defer(() => subscriptions.remove());
  const pages = await openPages(scene, { seed, clients });
  after.defer(() => pages.forEach((page) => page.close()));
  const [sinks, books] = await Promise.all([readSinks(scene, seed), readBooks(scene, seed)]);

  const measure = () => {
    const histogram = latencies();
    answered = (ms) => record(histogram, ms);
    return histogram;
  };
  scene.say('orders alone');
  const alone = measure();
  const quiet = await underLoad(scene, [load, others], seconds / 2, () => Promise.resolve());
  scene.say(`the same with ${what}`);
  const beside = measure();
  const busy = await underLoad(scene, [load, others], seconds / 2, work);

  const restless = await comeToRest(scene);
  const [webhooks, disagreeing] = await Promise.all([
    subscriptions.ended(),
    pagesAgree(scene, load, pages),
    untilSent(scene, seed),
  ]);
  const violations = await settleAndCheck(scene, load);
  const ordersSince = async (time: number) =>
    [...recordsOf(await readEvents(scene.stack.log, time), 'ecommerce.order.order')].filter(
      ({ storeId }) => storeId === STORE,
    );
  const [allSince, allSubscribed] = await Promise.all([ordersSince(since), ordersSince(subscribed)]);
  const owed = new Set(allSubscribed.map(({ eventId }) => eventId));
  // An older order may expire while the partner subscribes, one endpoint after the other: each may be told of that, or not.
  const eventsOf = (endpoint: (typeof ENDPOINTS)[number]) => {
    const told = new Set(partner.heard(endpoint).map(({ eventId }) => eventId));
    return allSince.filter(({ eventId }) => owed.has(eventId) || told.has(eventId));
  };
  const [heard, events] = [partner.heard('steady'), eventsOf('steady')];
  const [sinksAfter, booksAfter] = await Promise.all([readSinks(scene, seed), readBooks(scene, seed)]);
  const explained = {
    charges: booksAfter.charges - books.charges,
    messages: booksAfter.messages - books.messages,
    orderEvents: events.map(({ eventId }) => eventId),
    ordersCreated: events.filter(({ eventType }) => eventType === CREATED).length,
  };
  const p95 = (histogram: ReturnType<typeof latencies>) => `${percentiles(histogram).p95.toFixed(1)} ms`;
  return {
    load,
    result: busy.result,
    bought: {
      'acknowledged orders': load.count('order'),
      'webhooks delivered': webhooks.delivered,
      'messages sent': explained.messages,
      charges: explained.charges,
      'statuses told': pages.reduce((sum, { told }) => sum + told.length, 0),
    },
    latencies: {
      'p95 alone': p95(alone),
      [`p95 beside ${what}`]: p95(beside),
      ...(background > 0 && {
        'background alone': describe(quiet.placed),
        [`background beside ${what}`]: describe(busy.placed),
      }),
    },
    missing:
      busy.placed.aSecond < background * ENOUGH
        ? [`background: ${busy.placed.aSecond.toFixed(1)} orders a second, ${background} were to come`]
        : [],
    violations: [
      ...quiet.placed.surprises,
      ...busy.placed.surprises,
      ...violations,
      ...restless,
      ...webhooks.violations,
      ...partner.surprises,
      ...ENDPOINTS.flatMap((name) => partnerProblems(name, eventsOf(name), partner.heard(name))),
      ...disagreeing,
      ...sinkProblems(sinks, sinksAfter, explained, heard, load.count('order')),
    ],
  };
}

/** What has to have been bought for a run to say anything. */
export const enoughBought = ({ clients }: RunOptions): Record<string, number> => ({
  'acknowledged orders': clients,
  'messages sent': 1,
  charges: 1,
  'webhooks delivered': clients,
  'statuses told': clients,
});

const describe = ({ aSecond, p95 }: Placed): string => `${aSecond.toFixed(1)}/s, p95 ${p95.toFixed(1)} ms`;

/** The load for so many seconds, and until what goes on beside it has ended. */
async function underLoad<T>(
  scene: Scene,
  [load, others]: readonly [Load, Background],
  seconds: number,
  beside: (end: () => boolean) => Promise<T>,
): Promise<{ result: T; placed: Placed }> {
  const began = performance.now();
  const over = (): boolean => performance.now() - began >= seconds * 1_000;
  let done = false;
  const stopProgress = showProgress(scene, load, () => `${Math.round(seconds)} s of this`);
  try {
    const end = (): boolean => done && over();
    const [result, placed] = await Promise.all([
      beside(over).finally(() => (done = true)),
      others.run(end),
      load.run(end),
    ]);
    return { result, placed };
  } finally {
    stopProgress();
  }
}
