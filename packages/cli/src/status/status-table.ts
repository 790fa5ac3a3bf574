import { textTable } from '#text-table.ts';

/** One process as `tw status` shows it. `memory` in bytes; `lag` in messages, null where unknown. */
export interface StatusRow {
  name: string;
  up: boolean;
  ready: boolean;
  pid: number | null;
  memory: number | null;
  port: number;
  lag: number | null;
  restarts: number;
  /** Stopped by `tw stop`. */
  held: boolean;
}

const HEAD = ['NAME', 'UP', 'READY', 'PID', 'MEMORY', 'PORT', 'LAG', 'RESTARTS'];

export function statusTable(rows: readonly StatusRow[]): string {
  return textTable(
    HEAD,
    rows.map((row) => [
      row.name,
      row.up ? 'yes' : row.held ? 'held' : 'no',
      row.ready ? 'yes' : 'no',
      String(row.pid ?? '-'),
      row.memory === null ? '-' : `${Math.round(row.memory / 2 ** 20)} MB`,
      String(row.port),
      String(row.lag ?? '-'),
      String(row.restarts),
    ]),
  );
}
