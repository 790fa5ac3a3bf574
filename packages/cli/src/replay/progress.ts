import type { Certificate } from '@tradewind/outbox/certificate.ts';

/** What `replay.ts` of a service prints, one JSON object a line; the report comes last. */
export interface Progress {
  readonly phase: 'reading' | 'comparing' | 'switched';
  readonly version: number;
  readonly done: number;
  readonly total: number;
  readonly rate: number;
  readonly secondsLeft?: number;
}

export interface Report {
  readonly projection: string;
  readonly version: number;
  readonly events: number;
  /** By this run; all of them where it is left out. */
  readonly read?: number;
  readonly seconds: number;
  readonly rows: number;
  readonly digest: string;
  readonly mismatches: readonly { storeId: string; key: string; source?: string; projection?: string }[];
  readonly switched: boolean;
  readonly certificate?: Certificate;
}

const SHOWN = 20;
/** Digests are for machines: so much of one tells two apart. */
const DIGITS = 16;

const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** Undefined for a line that is neither. */
export function parseLine(line: string): Progress | Report | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Partial<Progress & Report>;
    return value.phase !== undefined || value.projection !== undefined
      ? (value as Progress | Report)
      : undefined;
  } catch {
    return undefined;
  }
}

export const isReport = (value: Progress | Report): value is Report => 'projection' in value;

/** Pure. */
export function describeProgress({ phase, version, done, total, rate, secondsLeft }: Progress): string {
  if (phase !== 'reading') return `v${version}: ${phase}`;
  const share = total === 0 ? 100 : Math.floor((done / total) * 100);
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  return `v${version}: ${whole(done)} of ${whole(total)} events (${share} %), ${whole(rate)}/s${left}`;
}

/** Pure. */
export function describeReport(report: Report): string {
  const { projection, version, events, read = events, seconds, rows, digest, mismatches } = report;
  const rate = seconds > 0 ? read / seconds : 0;
  const resumed = read < events ? `, ${whole(read)} of them now,` : '';
  const head = `${projection} v${version}: ${whole(events)} events${resumed} in ${seconds.toFixed(1)} s (${whole(rate)}/s), ${whole(rows)} rows${digest === '' ? '' : `, digest ${digest.slice(0, DIGITS)}`}`;
  const verdict = verdictOf(report);
  if (mismatches.length === 0) return `${head}\n${verdict}`;
  const shown = mismatches
    .slice(0, SHOWN)
    .map(
      (one) =>
        `  ${one.storeId} ${one.key}\n    source      ${one.source ?? '(missing)'}\n    projection  ${one.projection ?? '(missing)'}`,
    );
  const more = mismatches.length > SHOWN ? [`  and ${mismatches.length - SHOWN} more`] : [];
  return [head, `${mismatches.length} rows differ from the source:`, ...shown, ...more, verdict].join('\n');
}

function verdictOf({ version, switched, mismatches, certificate, projection }: Report): string {
  if (switched) return `switched: reads go to v${version}`;
  if (mismatches.length > 0) return 'NOT switched: reads stay with the old version';
  const until = certificate?.recipe.until ?? '';
  return until === ''
    ? `held: ./tw replay ${projection} goes on with v${version} and switches`
    : `stopped at ${until}: v${version} is kept to be looked at`;
}
