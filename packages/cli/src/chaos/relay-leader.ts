import type { ProcessId } from '@tradewind/native/process-table.ts';
import { databaseName } from '#stack.ts';
import { liveProcess, readState, type ProcessState } from '#supervisor/state.ts';
import type { Scene } from './scene.ts';

export interface Leader {
  /** As the supervisor calls it. */
  readonly name: string;
  readonly process: ProcessId;
  /** The database's session that holds the lock. */
  readonly session: number;
}

const holder = `
  select a.pid as session from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.application_name = $1`;

const ASK_MS = 1_000;

/**
 * The process that leads the relay of a service now; undefined while nobody does. That there is one, the lock in the
 * database tells; which one, the processes themselves: the database may be in a container, where it sees no pids of ours.
 */
export async function relayLeader(scene: Scene, service: string): Promise<Leader | undefined> {
  const { stack, home } = scene;
  const [found] = await stack.query<{ session: number }>(databaseName(service), holder, [`${service}:relay`]);
  if (found === undefined) return undefined;
  const asked = await Promise.all(
    (await processesOf(home, service)).map(async (entry) => {
      const process = liveProcess(entry);
      if (process === undefined || !(await saysThatItLeads(entry.port))) return undefined;
      return { name: entry.name, process, session: found.session };
    }),
  );
  return asked.find((leader) => leader !== undefined);
}

async function saysThatItLeads(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const { checks } = (await response.json()) as { checks?: { relay?: { detail?: { leads?: boolean } } } };
    return checks?.relay?.detail?.leads === true;
  } catch {
    // It starts, or has just died.
    return false;
  }
}

/** A service's processes: the stack's own, and the second one of a chaos run. */
export async function processesOf(home: string, service: string): Promise<ProcessState[]> {
  const { processes } = (await readState(home)) ?? { processes: [] };
  return processes.filter(({ name }) => name === service || name === `${service}-second`);
}
