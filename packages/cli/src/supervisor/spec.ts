import type { ServerName } from '#up/servers.ts';
import { createHash } from 'node:crypto';

/** How to ask a process whether it serves. `http` means: answers 2xx. */
export type Probe = { kind: ServerName; port: number } | { kind: 'http'; url: string };

/** All that the supervisor must know to run one process again and again in the same way. */
export interface ProcessSpec {
  name: string;
  /** Servers are stopped after the services that need them. */
  kind: 'infra' | 'service';
  command: string;
  args: string[];
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  cwd: string;
  port: number;
  probe: Probe;
  stopSignal: NodeJS.Signals;
  /** Patience between the stop signal and SIGKILL. */
  stopMs: number;
}

/** Two specs with one digest run the same process: an `up` over a running stack restarts only what has changed. */
export function specDigest(spec: ProcessSpec): string {
  const env = Object.entries(spec.env).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([spec.command, spec.args, env, spec.cwd]))
    .digest('hex')
    .slice(0, 16);
}
