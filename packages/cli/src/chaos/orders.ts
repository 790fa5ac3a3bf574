import { leastFor, planKills, TARGETS } from './kill-plan.ts';
import { carryOutKills, type Killed } from './killer.ts';
import { prepareLoad } from './load.ts';
import { settleAndCheck, showProgress, type Findings, type RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';
import { startSecond } from './second-process.ts';
import { tooFew } from './verdict.ts';

/** A relay whose leader died while another process was ready must have a leader again within this time (rules, 3). */
const TAKEOVER_LIMIT_MS = 5_000;

/** Buyers race for stock while order, inventory, payment-adapter and the relays' leaders die by a seeded plan. */
export async function killUnderLoad(scene: Scene, { seed, seconds, clients }: RunOptions): Promise<Findings> {
  scene.say('a second process of the order service, so that its relay has a successor');
  const second = await startSecond(scene, 'order');
  try {
    const orderUrls = [scene.endpoints.services['order']!, second.url];
    // About what half of the buyers want: the last pieces are raced for during most of the run.
    const load = await prepareLoad(scene, { seed, clients, orderUrls, scarcePieces: 2 * clients });
    const plan = planKills(seed, seconds);
    const began = performance.now();
    const loadMs = seconds * 1_000;
    scene.records.note({ what: 'load' });
    const stopProgress = showProgress(scene, load, () => `${plan.length} kills planned`);
    let killed: Killed;
    try {
      [killed] = await Promise.all([
        carryOutKills(scene, plan, loadMs, began),
        load.run(() => performance.now() - began >= loadMs),
      ]);
    } finally {
      stopProgress();
    }
    scene.records.note({ what: 'load over' });
    const violations = await settleAndCheck(scene, load);
    const least = leastFor(seconds);
    const slow = killed.takeovers.filter(({ standby, ms }) => standby && ms > TAKEOVER_LIMIT_MS);
    return {
      load,
      faults: killed.kills,
      observed: Object.fromEntries(
        killed.takeovers.map(({ relay, ms, standby }, index) => [
          `relay of ${relay} led again (${index + 1}${standby ? ', by its standby' : ''})`,
          `${ms} ms`,
        ]),
      ),
      missing: [
        ...tooFew(killed.kills, Object.fromEntries(TARGETS.map((target) => [target, least.killsOfEach]))),
        ...tooFew(
          { 'acknowledged orders': load.count('order'), 'acknowledged payments': load.count('payment') },
          { 'acknowledged orders': least.orders, 'acknowledged payments': least.payments },
        ),
      ],
      violations: [
        ...violations,
        ...slow.map(({ relay, ms }) => ({
          rule: 'takeover',
          subject: `relay of ${relay}`,
          what: `${ms} ms without a leader, at most ${TAKEOVER_LIMIT_MS} are allowed`,
        })),
      ],
    };
  } finally {
    await second.remove();
  }
}
