/** How many tests of a suite passed and failed. A check that is no test run counts as one. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** What a suite is given. */
export interface Stage {
  /** Folder of this run: reports, and logs under `logs/`. */
  readonly home: string;
  /** TW_HOME of the run's own stack. */
  readonly stackHome: string;
  /** Environment of every command: the own stack's TW_HOME and ports, the pinned tools first in PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs a program to its end, with its output in this log file; answers its exit code. */
  run(log: string, command: string, args: readonly string[]): Promise<number>;
}

export interface Suite {
  readonly name: string;
  readonly about: string;
  /** What must be running: nothing, the servers, the whole stack, or that with the servers of profile full. */
  readonly needs: 'nothing' | 'servers' | 'stack' | 'full';
  run(stage: Stage): Promise<Tally>;
}

export const logOf = (stage: Pick<Stage, 'home'>, name: string): string => `${stage.home}/logs/${name}.log`;

export const ONE_PASSED: Tally = { passed: 1, failed: 0 };
export const ONE_FAILED: Tally = { passed: 0, failed: 1 };
