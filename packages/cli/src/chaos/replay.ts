import { declaredProjections } from '#declared.ts';
import { besideBuyers, enoughBought } from './beside-buyers.ts';
import { replayUntil } from './replay/replays.ts';
import type { Findings, RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';
import { tooFew } from './verdict.ts';

const FIRST = 'orders_by_customer';

/** Every projection is rebuilt while buyers order, over and over; one of the replays is killed half-way. */
export async function replayUnderLoad(scene: Scene, options: RunOptions): Promise<Findings> {
  const projections = (await declaredProjections()).sort((a, b) =>
    a.name === FIRST ? -1 : b.name === FIRST ? 1 : 0,
  );
  const { load, result, bought, latencies, missing, violations } = await besideBuyers(
    scene,
    options,
    'replays',
    (end) => replayUntil(scene, projections, end),
  );
  const counts = {
    replays: result.replays,
    'replays resumed': result.resumed,
    'events replayed': result.events,
  };
  return {
    load,
    faults: { 'replays killed': result.kills },
    observed: { ...bought, ...counts, ...latencies },
    missing: [
      ...missing,
      ...tooFew(
        { ...bought, ...counts, kills: result.kills },
        {
          ...enoughBought(options),
          replays: projections.length,
          'replays resumed': 1,
          kills: 1,
        },
      ),
    ],
    violations: [...violations, ...result.violations],
  };
}
