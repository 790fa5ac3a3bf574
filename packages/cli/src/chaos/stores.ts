import { SetupError } from '@tradewind/native/run.ts';
import { besideBuyers, enoughBought } from './beside-buyers.ts';
import { seededRandom, shuffled } from './random.ts';
import type { Findings, RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';
import { loseStores, type Store } from './stores/lose-stores.ts';
import { tooFew } from './verdict.ts';

const STORES: readonly Store[] = ['redis', 'cassandra', 'opensearch'];

/** Stores of read models are killed, then lose all they have, in the seed's order, while buyers go on; replays put it right. */
export async function storesUnderLoad(scene: Scene, options: RunOptions): Promise<Findings> {
  if (scene.endpoints.cassandra === undefined)
    throw new SetupError('read models of profile core stand in Postgres only', './tw up --profile full');
  const stores = shuffled(STORES, seededRandom(options.seed));
  const { load, result, bought, latencies, missing, violations } = await besideBuyers(
    scene,
    options,
    'lost stores',
    (end) => loseStores(scene, stores, end),
  );
  const { kills, wipes, replays } = result;
  return {
    load,
    faults: { 'stores killed': kills, 'stores wiped': wipes },
    observed: { ...bought, replays, ...latencies },
    missing: [...missing, ...tooFew({ ...bought, replays }, { ...enoughBought(options), replays: 1 })],
    violations: [...violations, ...result.violations],
  };
}
