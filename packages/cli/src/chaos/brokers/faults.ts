import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, type ProcessId } from '@tradewind/native/process-table.ts';
import { keepDown } from '#chaos/keep-down.ts';
import type { Scene } from '#chaos/scene.ts';
import { liveProcess, readState } from '#supervisor/state.ts';
import { isServer, type PlannedFault, type Server, type Target } from './fault-plan.ts';

const POLL_MS = 50;

/** By performance.now(): from the kill until it served again. */
export interface Outage {
  readonly server: Server;
  readonly from: number;
  readonly to: number;
}

export interface Faults {
  readonly kills: Readonly<Partial<Record<Target, number>>>;
  readonly outages: readonly Outage[];
}

/**
 * Carries the plan out by SIGKILL. A victim that is down at its time dies once it is there again. Resolves when every server
 * serves again; services that do not come back by themselves are found when the stack comes to rest.
 */
export async function carryOutFaults(
  scene: Scene,
  plan: readonly PlannedFault[],
  loadMs: number,
  began: number,
): Promise<Faults> {
  const kills: Partial<Record<Target, number>> = {};
  const outages: Outage[] = [];
  const elapsed = (): number => performance.now() - began;

  async function fault({ atMs, target, downMs }: PlannedFault): Promise<void> {
    await pause(Math.max(atMs - elapsed(), 0));
    for (; elapsed() < loadMs; await pause(POLL_MS)) {
      const victim = await victimOf(scene, target);
      if (victim === undefined || !isAlive(victim)) continue;
      const from = performance.now();
      process.kill(victim.pid, 'SIGKILL');
      scene.records.note({ what: 'kill', target, process: target, pid: victim.pid, plannedMs: atMs });
      kills[target] = (kills[target] ?? 0) + 1;
      if (isServer(target)) {
        await keepDown(scene, target, () => pause(downMs));
        outages.push({ server: target, from, to: performance.now() });
      }
      return;
    }
    scene.records.note({ what: 'no victim', target, plannedMs: atMs });
  }

  await Promise.all(plan.map(fault));
  return { kills, outages };
}

/** A server has to serve first, or its outage would be the one before. A service may wait for a server that is away. */
async function victimOf(scene: Scene, name: Target): Promise<ProcessId | undefined> {
  const { processes } = (await readState(scene.home)) ?? { processes: [] };
  const found = processes.find((entry) => entry.name === name && (entry.ready || !isServer(name)));
  return found && liveProcess(found);
}
