const GAP = '  ';

/**
 * Columns side by side, each as wide as its widest cell. Pure.
 * @param width of the terminal: what is too long for it is cut
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string {
  const widths = fitted(
    head,
    head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))),
    width,
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cut(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Takes from the widest columns first. The first one stays whole, as it names its row; and so do titles. */
function fitted(head: readonly string[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const spare = (column: number): boolean =>
    column > 0 && (widths[column] ?? 0) > (head[column] ?? '').length;
  const all = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length);
  for (let over = all - width; over > 0; over--) {
    const widest = Math.max(...widths.filter((_, column) => spare(column)));
    const column = widths.findLastIndex((one, at) => one === widest && spare(at));
    if (column === -1) break;
    widths[column] = widest - 1;
  }
  return widths;
}

const cut = (cell: string, width: number): string =>
  cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);

/** Of the terminal that is written to; a file or a pipe takes lines of any length. */
export const terminalWidth = (): number => (process.stdout.isTTY && process.stdout.columns) || Infinity;
