import { prepareFleet } from '#devices/run.ts';
import { recordsOf } from '#reconcile/event-log.ts';
import { openStack } from '#reconcile/running-stack.ts';
import { planFaults, TARGETS } from './brokers/fault-plan.ts';
import { carryOutFaults, type Faults } from './brokers/faults.ts';
import { withSettings } from './brokers/other-settings.ts';
import { ENDPOINTS, openPartner, type Partner } from './brokers/partner.ts';
import { partnerProblems } from './brokers/partner-oracle.ts';
import { judgeReadiness, watchReadiness } from './brokers/readiness.ts';
import { subscribe } from './brokers/subscriptions.ts';
import { openPages, pagesAgree } from './brokers/told.ts';
import type { Broken } from './checks.ts';
import { prepareLoad, type Load } from './load.ts';
import { seededRandom } from './random.ts';
import { comeToRest, settleAndCheck, showProgress, type Findings, type RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';
import { tooFew } from './verdict.ts';

/** Buyers take it easy: what is looked at is what becomes of each order, not how many there are. */
const REST_MS = 1_000;
/** Retries after 0.6 s, 2.4 s, 6 s instead of 30 s, 2 min, 5 min. */
const HURRIED = { TW_WEBHOOK_TIME_SCALE: '0.02' };
const FLEET = { count: 10, rate: 40, faults: true, waitSeconds: 60 } as const;

/**
 * Buyers order and pay at leisure, a partner takes webhooks, each buyer has a page open, devices report, while RabbitMQ,
 * Mosquitto, Redis, Kafka and the services that live on them die by a seeded plan.
 */
export async function brokersUnderLoad(scene: Scene, options: RunOptions): Promise<Findings> {
  await using after = new AsyncDisposableStack();
  const actors = await openActors(scene, options, after);
  const { load, fleet, partner, subscriptions, pages, readiness } = actors;
  const faults = await underFaults(scene, load, options, () => fleet.play());
  scene.say('waiting until all processes serve and nothing is on its way');
  const restless = await comeToRest(scene);
  scene.say('waiting for the partner, the pages, the devices and what services say of themselves');
  const [webhooks, disagreeing, devices, ailing] = await Promise.all([
    subscriptions.ended(),
    pagesAgree(scene, load, pages),
    fleet.settle(),
    readiness.recovered(),
  ]);
  const violations = await settleAndCheck(scene, load);
  const judged = judgeReadiness(faults.outages, readiness.samples);
  const counts = {
    'acknowledged orders': load.count('order'),
    'acknowledged payments': load.count('payment'),
    'webhooks delivered': webhooks.delivered,
    'webhooks tried again': webhooks.retries,
    'statuses told': pages.reduce((sum, { told }) => sum + told.length, 0),
    reconnections: pages.reduce((sum, { connections }) => sum + connections - 1, 0),
    'readings applied': devices.tally.applied,
    ...judged.told,
  };
  return {
    load,
    faults: faults.kills,
    observed: counts,
    missing: [...tooFew(faults.kills, leastKills(options.seconds)), ...tooFew(counts, leastOf(options))],
    violations: [
      ...violations,
      ...restless,
      ...webhooks.violations,
      ...partner.surprises,
      ...(await partnerMissed(scene, load, partner)),
      ...disagreeing,
      ...devices.violations.map((one) => ({ rule: 'devices', ...one })),
      ...ailing,
      ...judged.violations,
    ],
  };
}

/** Everybody who takes part; each leaves with `after`, last come first gone. */
async function openActors(scene: Scene, options: RunOptions, after: AsyncDisposableStack) {
  const { seed, clients, seconds } = options;
  const partner = await openPartner(seededRandom(seed + 1));
  after.defer(() => partner.close());
  scene.say('webhook-dispatcher is started again, with a schedule in fast motion');
  after.defer(await withSettings(scene, 'webhook-dispatcher', HURRIED));
  const subscriptions = await subscribe(scene, partner);
  after.defer(() => subscriptions.remove());
  const load = await prepareLoad(scene, {
    ...{ seed, clients, scarcePieces: 2 * clients, restMs: REST_MS },
    orderUrls: [scene.endpoints.services['order']!],
  });
  const quietly = (): void => undefined;
  const fleet = await prepareFleet(scene.endpoints, scene.home, { ...FLEET, seed, seconds }, quietly);
  const pages = await openPages(scene, { seed, clients });
  after.defer(() => pages.forEach((page) => page.close()));
  const readiness = watchReadiness(scene);
  after.defer(() => readiness.stop());
  return { load, fleet, partner, subscriptions, pages, readiness };
}

/** The load goes on until its time is over and every server is back. */
async function underFaults(
  scene: Scene,
  load: Load,
  { seed, seconds }: RunOptions,
  devices: () => Promise<void>,
): Promise<Faults> {
  const plan = planFaults(seed, seconds);
  const loadMs = seconds * 1_000;
  const began = performance.now();
  let back = false;
  scene.records.note({ what: 'load' });
  const stopProgress = showProgress(scene, load, () => `${plan.length} kills planned`);
  try {
    const [faults] = await Promise.all([
      carryOutFaults(scene, plan, loadMs, began).finally(() => (back = true)),
      load.run(() => back && performance.now() - began >= loadMs),
      devices(),
    ]);
    return faults;
  } finally {
    stopProgress();
    scene.records.note({ what: 'load over' });
  }
}

/** Every event in Kafka about an order of this run, against what each endpoint took. */
async function partnerMissed({ endpoints }: Scene, load: Load, partner: Partner): Promise<Broken[]> {
  const ours = new Set(load.acknowledged.map(({ orderId }) => orderId));
  const stack = openStack(endpoints);
  try {
    const events = [...recordsOf(await stack.events(), 'ecommerce.order.order')];
    const published = events.filter(({ key }) => ours.has(key));
    return ENDPOINTS.flatMap((name) => partnerProblems(name, published, partner.heard(name)));
  } finally {
    await stack.close();
  }
}

const isLong = (seconds: number): boolean => seconds >= 60;

const leastKills = (seconds: number): Record<string, number> =>
  Object.fromEntries(TARGETS.map((target) => [target, isLong(seconds) ? 2 : 1]));

/** Below this a run proves nothing. */
function leastOf({ seconds }: RunOptions): Record<string, number> {
  const long = isLong(seconds);
  return {
    'acknowledged orders': long ? 50 : 10,
    'acknowledged payments': long ? 20 : 3,
    'webhooks delivered': long ? 200 : 40,
    'webhooks tried again': long ? 10 : 1,
    'statuses told': long ? 100 : 20,
    reconnections: long ? 10 : 1,
    'readings applied': long ? 500 : 100,
    ...(long
      ? {
          'webhook-dispatcher without rabbitmq': 1,
          'notification without redis': 1,
          'iot-bridge without mosquitto': 1,
          'iot-bridge without kafka': 1,
        }
      : {}),
  };
}
