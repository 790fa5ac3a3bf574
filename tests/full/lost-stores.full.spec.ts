import { expect, it } from 'vitest';
import { chaos, randomSeed } from '../chaos/chaos.fixture.ts';

const seed = randomSeed();

it(`stores that are killed and wiped under load are whole again after replays, which reach nobody outside (seed ${seed})`, async () => {
  const { verdict, log, code } = await chaos('stores', seed, '--seconds', '16', '--clients', '8');
  expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
  expect(code).toBe(0);
});
