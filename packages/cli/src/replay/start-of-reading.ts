import { UsageError } from '#arguments.ts';

/** Where a replay begins: everything, a time, or an offset per partition. */
export type StartOfReading =
  | { readonly kind: 'everything' }
  | { readonly kind: 'time'; readonly epochMs: number }
  /** `topic partition` → offset; partitions that are not named are read from their start. */
  | { readonly kind: 'offsets'; readonly offsets: ReadonlyMap<string, bigint>; readonly text: string };

/**
 * `--from`: RFC 3339, epoch ms, or `topic:partition=offset,…`.
 * @throws UsageError
 */
export function parseFrom(text: string | undefined): StartOfReading {
  if (text === undefined) return { kind: 'everything' };
  if (text.includes('=')) return { kind: 'offsets', offsets: parseOffsets(text), text };
  const epochMs = parseTime(text);
  if (Number.isNaN(epochMs)) {
    throw new UsageError(`--from ${text}: give 2026-01-31T12:00:00Z, epoch ms, or topic:partition=offset,…`);
  }
  return { kind: 'time', epochMs };
}

/** RFC 3339 or epoch ms, as epoch ms; NaN for anything else. */
export function parseTime(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
}

function parseOffsets(text: string): Map<string, bigint> {
  return new Map(
    text.split(',').map((part) => {
      const match = /^([\w.-]+):(\d{1,5})=(\d{1,18})$/.exec(part.trim());
      if (!match) throw new UsageError(`--from ${part}: offsets look like ecommerce.order.order:3=1200`);
      return [`${match[1]} ${match[2]}`, BigInt(match[3] ?? '0')];
    }),
  );
}
