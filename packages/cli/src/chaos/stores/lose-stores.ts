import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Broken } from '#chaos/checks.ts';
import { keepDown } from '#chaos/keep-down.ts';
import { replayed } from '#chaos/replay/replays.ts';
import type { Scene } from '#chaos/scene.ts';
import { declaredProjections } from '#declared.ts';
import { liveProcess, readState } from '#supervisor/state.ts';

/** Where each keeps what it was given; its folders stay, as they belong to another user. */
const DATA: Readonly<Record<Store, readonly string[]>> = {
  redis: ['redis'],
  cassandra: ['data', 'commitlog', 'hints', 'saved_caches'].map((name) => join('cassandra', name)),
  opensearch: [join('opensearch', 'data')],
};
const DOWN_MS = 2_000;

export type Store = 'redis' | 'cassandra' | 'opensearch';

export interface Lost {
  readonly kills: number;
  readonly wipes: number;
  readonly replays: number;
  readonly violations: readonly Broken[];
}

/** Kills one store after the other with SIGKILL, then once more with all that it has, and replays what stood in it, until `end()`. */
export async function loseStores(scene: Scene, stores: readonly Store[], end: () => boolean): Promise<Lost> {
  const projections = await declaredProjections();
  const violations: Broken[] = [];
  let [wipes, replays] = [0, 0];
  for (const store of stores) {
    if (wipes > 0 && end()) break;
    await killed(scene, store, () => pause(DOWN_MS));
    await killed(scene, store, () => wipe(scene, store));
    wipes += 1;
    for (const projection of projections.filter((one) => one.store.split('+').includes(store))) {
      const problems = await replayed(scene, projection);
      violations.push(...problems);
      if (problems.length === 0) replays += 1;
    }
  }
  return { kills: 2 * wipes, wipes, replays, violations };
}

async function killed(scene: Scene, store: Store, meanwhile: () => Promise<unknown>): Promise<void> {
  const entry = (await readState(scene.home))?.processes.find(({ name }) => name === store);
  const victim = entry && liveProcess(entry);
  if (victim === undefined) throw new Error(`${store} does not run`);
  process.kill(victim.pid, 'SIGKILL');
  scene.records.note({ what: 'kill', target: store, process: store, pid: victim.pid });
  await keepDown(scene, store, meanwhile);
}

async function wipe({ home, records }: Scene, store: Store): Promise<void> {
  for (const folder of DATA[store].map((name) => join(home, 'data', name)))
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  records.note({ what: 'wiped', process: store });
}
