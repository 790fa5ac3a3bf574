import { expect, it } from 'vitest';
import { chaos, randomSeed } from './chaos.fixture.ts';

const seed = randomSeed();

it(`replays under load reach nobody outside, and resume after kill -9 (seed ${seed})`, async () => {
  const { verdict, log, code } = await chaos('replay', seed, '--seconds', '16', '--clients', '8');
  expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
  expect(code).toBe(0);
});
