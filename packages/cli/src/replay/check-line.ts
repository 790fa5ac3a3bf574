import { describeProgress, isReport, parseLine } from './progress.ts';

interface Checked {
  readonly checked: string;
  readonly equal: boolean;
  readonly reasons: readonly string[];
  readonly digest: string;
  readonly rows: number;
  readonly events: string;
}

/** Pure. */
export function describeCheck({ checked, equal, reasons, digest, rows, events }: Checked): string {
  const made = `${checked}: ${events} events make ${rows} rows, digest ${digest}`;
  return equal
    ? `${made}\nthe certificate holds`
    : [made, 'the certificate does NOT hold:', ...reasons.map((reason) => `  ${reason}`)].join('\n');
}

/** Shows a line that the check of a certificate prints. */
export function checkLine(line: string): void {
  if (line.startsWith('{"checked"')) {
    console.log(describeCheck(JSON.parse(line) as Checked));
    return;
  }
  const value = parseLine(line);
  if (value === undefined) console.log(line);
  else if (!isReport(value) && value.done === value.total) console.log(describeProgress(value));
}
