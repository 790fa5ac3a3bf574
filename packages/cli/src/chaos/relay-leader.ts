import type { ProcessId } from '@tradewind/native/process-table.ts';
import { databaseName } from '#stack.ts';
import { liveProcess, readState, type ProcessState } from '#supervisor/state.ts';
import type { Scene } from './scene.ts';
import { ownerOfSocket } from './socket-owner.ts';

export interface Leader {
  /** As the supervisor calls it. */
  readonly name: string;
  readonly process: ProcessId;
  /** The database's session that holds the lock. */
  readonly session: number;
}

// The lock goes with its session, and the session tells the port of the process at its other end.
const holder = `
  select a.pid as session, a.client_port as "clientPort"
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.application_name = $1`;

/** The process that leads the relay of a service now; undefined while nobody does. */
export async function relayLeader(scene: Scene, service: string): Promise<Leader | undefined> {
  const { stack, home, endpoints } = scene;
  const [found] = await stack.query<{ session: number; clientPort: number }>(databaseName(service), holder, [
    `${service}:relay`,
  ]);
  if (found === undefined) return undefined;
  const alive = (await processesOf(home, service)).flatMap((entry) => {
    const process = liveProcess(entry);
    return process === undefined ? [] : [{ name: entry.name, process }];
  });
  const pids = alive.map(({ process }) => process.pid);
  const pid = ownerOfSocket(found.clientPort, Number(new URL(endpoints.postgres.url).port), pids);
  const leader = alive.find(({ process }) => process.pid === pid);
  return leader === undefined ? undefined : { ...leader, session: found.session };
}

/** A service's processes: the stack's own, and the second one of a chaos run. */
export async function processesOf(home: string, service: string): Promise<ProcessState[]> {
  const { processes } = (await readState(home)) ?? { processes: [] };
  return processes.filter(({ name }) => name === service || name === `${service}-second`);
}
