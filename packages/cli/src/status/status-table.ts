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
  const cells = rows.map((row) => [
    row.name,
    row.up ? 'yes' : row.held ? 'held' : 'no',
    row.ready ? 'yes' : 'no',
    String(row.pid ?? '-'),
    row.memory === null ? '-' : `${Math.round(row.memory / 2 ** 20)} MB`,
    String(row.port),
    String(row.lag ?? '-'),
    String(row.restarts),
  ]);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  return [HEAD, ...cells]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
