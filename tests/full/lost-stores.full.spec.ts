import { expect, it } from 'vitest';
import { chaos, randomSeed } from '../chaos/chaos.fixture.ts';

const seed = randomSeed();
/** One store, which the seed decides; all of them in a long run (`TW_CHAOS_LONG`). */
const seconds = process.env['TW_CHAOS_LONG'] === undefined ? '16' : '900';
/** Servers on Java are killed and started anew twice, on a machine that is busy. */
const timeout = 1_800_000;

it(
  `a store that is killed and wiped under load is whole again after a replay (seed ${seed})`,
  { timeout },
  async () => {
    const { verdict, log, code } = await chaos('stores', seed, '--seconds', seconds, '--clients', '8');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);
  },
);
