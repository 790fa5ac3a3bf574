import {
  type BucketDigests,
  bucketList,
  differingBuckets,
  DIGEST_ALGORITHM,
  totalOf,
} from './bucket-digest.ts';
import type { Mismatch, Parity } from './parity.ts';
import type { Recipe } from './recipe.ts';
import type { Range } from './replay-ranges.ts';
import type { StoreKind } from './projection-store.ts';

/** Rows with both sides that a certificate shows; the rest only counts. */
const SHOWN = 20;

/**
 * What a replay did, for others to check: `replayed` follows from the pinned offsets alone, so that whoever reads them again gets
 * the same; `parity` is what it was compared with before it could go live.
 */
export interface Certificate {
  readonly format: 'tradewind.replay/1';
  readonly service: string;
  readonly projection: string;
  readonly version: number;
  readonly store: StoreKind;
  readonly recipe: Recipe;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Offsets as texts: they are larger than JSON's numbers hold. `from` is read, `to` is not. */
  readonly offsets: readonly { topic: string; partition: number; from: string; to: string }[];
  readonly algorithm: string;
  readonly replayed: {
    readonly events: string;
    readonly rows: number;
    readonly digest: string;
    /** `rows digest` of each of the 256 buckets; empty where it has no rows. */
    readonly buckets: readonly string[];
  };
  readonly parity: {
    readonly against: Parity['against'];
    readonly sourceRows: number;
    readonly projectionRows: number;
    /** Rows that changed while they were compared and were equal at a later look; they are in neither side's buckets. */
    readonly inMotion: number;
    readonly source: readonly string[];
    readonly projection: readonly string[];
    readonly differingBuckets: readonly number[];
  };
  readonly verdict: 'equal' | 'different' | 'unchecked';
  readonly differences: { readonly count: number; readonly first: readonly Mismatch[] };
}

export interface CertificateFacts {
  readonly service: string;
  readonly projection: string;
  readonly version: number;
  readonly store: StoreKind;
  readonly recipe: Recipe;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly ranges: readonly Range[];
  readonly replayed: BucketDigests;
  /** Undefined where nothing was compared: what was built stops at a time. */
  readonly parity: Parity | undefined;
}

/** Pure. */
export function certify(facts: CertificateFacts): Certificate {
  const { service, projection, version, store, recipe, startedAt, endedAt, ranges, replayed, parity } = facts;
  const source = bucketList(parity?.source ?? new Map());
  const mine = bucketList(parity?.projection ?? new Map());
  const compared = parity !== undefined && parity.against !== 'nothing';
  const differing = compared ? differingBuckets(source, mine) : [];
  return {
    format: 'tradewind.replay/1',
    ...{ service, projection, version, store, recipe },
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    offsets: ranges.map(({ topic, partition, start, end }) => ({
      ...{ topic, partition, from: String(start), to: String(end) },
    })),
    algorithm: DIGEST_ALGORITHM,
    replayed: {
      events: String(ranges.reduce((sum, { start, end }) => sum + end - start, 0n)),
      ...totalOf(replayed),
      buckets: bucketList(replayed),
    },
    parity: {
      against: parity?.against ?? 'nothing',
      sourceRows: totalOf(parity?.source ?? new Map()).rows,
      projectionRows: totalOf(parity?.projection ?? new Map()).rows,
      inMotion: parity?.inMotion ?? 0,
      ...{ source, projection: mine, differingBuckets: differing },
    },
    verdict: !compared
      ? 'unchecked'
      : differing.length + parity.mismatches.length > 0
        ? 'different'
        : 'equal',
    differences: { count: parity?.mismatches.length ?? 0, first: (parity?.mismatches ?? []).slice(0, SHOWN) },
  };
}

/** Pure. Why these are not two replays of the same log by the same rules; empty where they are. */
export function certificateDiffers(wanted: Certificate, found: Certificate): string[] {
  const reasons: string[] = [];
  const places = (one: Certificate) =>
    one.offsets.map(({ topic, partition, from, to }) => `${topic}:${partition}=${from}..${to}`).sort();
  if (wanted.algorithm !== found.algorithm) reasons.push('the digests are made in another way');
  if (places(wanted).join() !== places(found).join()) reasons.push('other offsets were read');
  if (wanted.replayed.rows !== found.replayed.rows)
    reasons.push(`${wanted.replayed.rows} rows are certified, ${found.replayed.rows} found`);
  const buckets = differingBuckets(wanted.replayed.buckets, found.replayed.buckets);
  if (buckets.length > 0) reasons.push(`buckets that differ: ${buckets.join(', ')}`);
  return reasons;
}
