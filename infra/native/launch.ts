/** Folders a server may use: nothing is written outside them. */
export interface Places {
  /** Data, logs and pids of this stack (`TW_HOME`). */
  home: string;
  /** Downloads and built tools, shared by all checkouts (`TW_CACHE`). */
  cache: string;
}

/** How a prepared server is run. `stopMs` is the patience between the stop signal and SIGKILL. */
export interface Launch {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  stopSignal: NodeJS.Signals;
  stopMs: number;
}

/** Progress of a long step, one short line at a time. */
export type Say = (line: string) => void;
