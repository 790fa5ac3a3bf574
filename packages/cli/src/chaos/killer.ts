import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, type ProcessId } from '@tradewind/native/process-table.ts';
import { liveProcess } from '#supervisor/state.ts';
import { targetOf, type PlannedKill, type Target, type Victim } from './kill-plan.ts';
import { processesOf, relayLeader } from './relay-leader.ts';
import type { Scene } from './scene.ts';

const POLL_MS = 50;
/** Nobody leads for longer than this only where nobody is there to lead. */
const TAKEOVER_MS = 30_000;

export interface Takeover {
  readonly relay: string;
  readonly ms: number;
  /** Another process of the service was ready to take over at that moment. */
  readonly standby: boolean;
}

export interface Killed {
  readonly kills: Readonly<Record<Target, number>>;
  readonly takeovers: readonly Takeover[];
}

interface Found {
  readonly name: string;
  readonly process: ProcessId;
  readonly session?: number;
}

/** Carries the plan out with SIGKILL, by process id. A victim that is down at its time dies once it serves again. */
export async function carryOutKills(
  scene: Scene,
  plan: readonly PlannedKill[],
  loadMs: number,
  began: number,
): Promise<Killed> {
  const kills: Record<Target, number> = { order: 0, inventory: 0, 'payment-adapter': 0, relay: 0 };
  const takeovers: Promise<Takeover | undefined>[] = [];
  const elapsed = (): number => performance.now() - began;

  async function kill({ atMs, victim }: PlannedKill): Promise<void> {
    await pause(Math.max(atMs - elapsed(), 0));
    const target = targetOf(victim);
    for (; elapsed() < loadMs; await pause(POLL_MS)) {
      const found = await readyVictim(scene, victim);
      if (found === undefined || !isAlive(found.process)) continue;
      process.kill(found.process.pid, 'SIGKILL');
      const { pid } = found.process;
      scene.records.note({ what: 'kill', target, process: found.name, pid, plannedMs: atMs });
      kills[target]++;
      if (victim.kind === 'relay') takeovers.push(takeover(scene, victim.of, found));
      return;
    }
    scene.records.note({ what: 'no victim', target, plannedMs: atMs });
  }

  await Promise.all(plan.map(kill));
  const seen = await Promise.all(takeovers);
  return { kills, takeovers: seen.filter((one) => one !== undefined) };
}

async function readyVictim(scene: Scene, victim: Victim): Promise<Found | undefined> {
  const service = victim.kind === 'relay' ? victim.of : victim.name;
  const entries = (await processesOf(scene.home, service)).filter(({ ready }) => ready);
  if (victim.kind === 'relay') {
    const leader = await relayLeader(scene, service);
    return entries.some(({ name }) => name === leader?.name) ? leader : undefined;
  }
  const own = entries.find(({ name }) => name === service);
  const alive = own && liveProcess(own);
  return own && alive ? { name: own.name, process: alive } : undefined;
}

/** How long the relay had no leader. */
async function takeover(scene: Scene, relay: string, dead: Found): Promise<Takeover | undefined> {
  const began = performance.now();
  const others = await processesOf(scene.home, relay);
  const standby = others.some((one) => one.name !== dead.name && one.ready && liveProcess(one) !== undefined);
  for (; performance.now() - began < TAKEOVER_MS; await pause(POLL_MS)) {
    const leader = await relayLeader(scene, relay);
    if (leader === undefined || leader.session === dead.session) continue;
    const ms = Math.round(performance.now() - began);
    scene.records.note({ what: 'takeover', relay, by: leader.name, ms, standby });
    return { relay, ms, standby };
  }
  return undefined;
}
