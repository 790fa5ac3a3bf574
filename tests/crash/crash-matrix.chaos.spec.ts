import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw, twWith } from '../e2e/cli.fixture.ts';
import { expectNoHarm } from './aftermath.fixture.ts';
import { doom } from './doomed.fixture.ts';
import { laterLife, replaySteps, rollbackSteps, rounds } from './matrix.ts';
import { type Traffic, traffic } from './traffic.fixture.ts';

/** Steps that a payment passes only when the gateway is slow, or a refund when it is away. */
const SLOW = ['payment.postponed', 'settle.claimed'];
const REFUSED = ['refund.postponed'];
/** A step that only a checkout passes that a dead process has left. */
const STRANDED = ['checkout.claimed'];
const WAVES_MS = 45_000;

/** In short every second round, another half each time: a round that fails is named, and played again by its name. */
const half = Math.random() < 0.5 ? 0 : 1;
const chosen = process.env['TW_CHAOS_LONG'] === '1' ? rounds : rounds.filter((_, at) => at % 2 === half);
const named = chosen.map((round) => ({
  name: round.map(({ service, failpoint }) => `${service} at ${failpoint}`).join(', '),
  round,
}));

/** What the rounds have done, by their names. */
const played = new Map<string, Traffic>();

describe('a crash at each step loses nothing and does nothing twice', () => {
  it.each(named)('$name', { timeout: 150_000 }, async ({ name, round }) => {
    const failpoints = round.map(({ failpoint }) => failpoint);
    const shop = await traffic({
      slowPayments: failpoints.some((one) => SLOW.includes(one)),
      checkoutsStrand: failpoints.some((one) => STRANDED.includes(one)),
      refundsFail: failpoints.some((one) => REFUSED.includes(one)),
      laterLife: failpoints.some((one) => laterLife.includes(one)),
    });
    const doomed = await doom(round);
    try {
      // Each wave is carried to its end by the processes that come back.
      for (const deadline = performance.now() + WAVES_MS; doomed.waiting.size > 0; await shop.wave()) {
        if (performance.now() > deadline) break;
      }
    } finally {
      await doomed.restored();
    }
    expect(shop.journeys).not.toEqual([]);
    played.set(name, shop);
  });

  // Looked at when all rounds are over: the next crash need not wait until consumers have caught up with the last one.
  it.each(named)('without harm: $name', { timeout: 90_000 }, async ({ name }) => {
    const shop = played.get(name);
    if (shop === undefined) throw new Error('this round did not come to its end');
    await expectNoHarm(shop);
  });

  it('and every invariant holds afterwards', { timeout: 150_000 }, async () => {
    const { code, output, errors } = await tw('reconcile', '--wait', '90');
    expect(code, output + errors).toBe(0);
  });
});

describe('a replay that is killed at any step resumes or starts clean', () => {
  it.each(replaySteps)('$service at $failpoint', { timeout: 120_000 }, async ({ service, failpoint }) => {
    const projection = service === 'analytics' ? 'revenue_windows' : 'orders_by_customer';
    const killed = await twWith({ TW_FAILPOINT: failpoint }, 'replay', projection, '--verify');
    expect(killed.code).not.toBe(0);
    expect(killed.output).not.toMatch(/switched/);
    // The lock goes with the dead one's session, which the database notices by itself.
    await eventually(
      async () => {
        const again = await tw('replay', projection, '--verify');
        expect({ code: again.code, output: again.output, errors: again.errors }).toMatchObject({ code: 0 });
      },
      { within: 60_000, every: 500 },
    );
  });
});

describe('a rollback that is killed at any step leaves the live version, and can be made again', () => {
  it.each(rollbackSteps)('$failpoint', { timeout: 120_000 }, async ({ failpoint }) => {
    const killed = await twWith({ TW_FAILPOINT: failpoint }, 'replay', 'orders_by_customer', '--rollback');
    expect(killed.code).not.toBe(0);
    await eventually(
      async () => {
        const again = await tw('replay', 'orders_by_customer', '--rollback');
        expect({ code: again.code, output: again.output, errors: again.errors }).toMatchObject({ code: 0 });
      },
      { within: 60_000, every: 500 },
    );
  });
});
