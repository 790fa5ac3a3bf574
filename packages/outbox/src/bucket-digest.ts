import { hash } from 'node:crypto';

export const BUCKETS = 256;
/** What a certificate says about how its digests were made. */
export const DIGEST_ALGORITHM =
  'bucket = first byte of SHA-256(tenant US key); digest = XOR of SHA-256(tenant US key US row) of its rows';

/** Says what cannot be part of a row's text: that there is no row's text. */
const NOTHING = '\u001e';
const SEPARATOR = '\u001f';

export interface DigestedRow {
  readonly storeId: string;
  readonly key: string;
  readonly digest: string | null;
}

export interface Bucket {
  readonly rows: number;
  readonly digest: bigint;
}

/** By number of the bucket; those without rows are left out. */
export type BucketDigests = ReadonlyMap<number, Bucket>;

/** As the database answers `bucketsQuery`. */
export interface BucketRow {
  readonly bucket: number;
  readonly rows: number;
  /** 256 binary digits. */
  readonly digest: string;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

function hashes({ storeId, key, digest }: DigestedRow): { bucket: number; digest: bigint } {
  const place = `${storeId}${SEPARATOR}${key}`;
  return {
    bucket: Number.parseInt(sha256(place).slice(0, 2), 16),
    digest: BigInt(`0x${sha256(`${place}${SEPARATOR}${digest ?? NOTHING}`)}`),
  };
}

/** Pure. The same rows give the same digests, in whatever order and batches they come. */
export function bucketsOf(rows: Iterable<DigestedRow>): BucketDigests {
  return addRows(new Map(), rows, 1);
}

/** Pure: the digests as they are without these rows, which were counted in. */
export const withoutRows = (buckets: BucketDigests, rows: Iterable<DigestedRow>): BucketDigests =>
  addRows(buckets, rows, -1);

function addRows(buckets: BucketDigests, rows: Iterable<DigestedRow>, count: 1 | -1): BucketDigests {
  const sums = new Map(buckets);
  for (const row of rows) {
    const { bucket, digest } = hashes(row);
    const sum = sums.get(bucket) ?? { rows: 0, digest: 0n };
    const next = { rows: sum.rows + count, digest: sum.digest ^ digest };
    if (next.rows === 0) sums.delete(bucket);
    else sums.set(bucket, next);
  }
  return sums;
}

/** SQL that digests rows of (store_id, key, digest) as `bucketsOf` does. */
export const bucketsQuery = (rows: string): string => `
  select get_byte(place, 0) as bucket, count(*)::int as rows,
    bit_xor(('x' || encode(whole, 'hex'))::bit(256))::text as digest
  from (
    select sha256(convert_to(store_id || chr(31) || key, 'UTF8')) as place,
      sha256(convert_to(store_id || chr(31) || key || chr(31) || coalesce(digest, chr(30)), 'UTF8')) as whole
    from (${rows}) r) h
  group by 1`;

export const fromDatabase = (rows: readonly BucketRow[]): BucketDigests =>
  new Map(
    rows.map(({ bucket, rows: count, digest }) => [bucket, { rows: count, digest: BigInt(`0b${digest}`) }]),
  );

/** One digest of all of them. */
export function totalOf(buckets: BucketDigests): { readonly rows: number; readonly digest: string } {
  let rows = 0;
  let digest = 0n;
  for (const bucket of buckets.values()) {
    rows += bucket.rows;
    digest ^= bucket.digest;
  }
  return { rows, digest: hexOf(digest) };
}

const hexOf = (digest: bigint): string => digest.toString(16).padStart(64, '0');

/** By bucket, `rows digest`; empty where a bucket has no rows. As it stands in a certificate. */
export const bucketList = (buckets: BucketDigests): string[] =>
  Array.from({ length: BUCKETS }, (_, at) => {
    const bucket = buckets.get(at);
    return bucket === undefined ? '' : `${bucket.rows} ${hexOf(bucket.digest)}`;
  });

/** Numbers of the buckets that differ. */
export const differingBuckets = (a: readonly string[], b: readonly string[]): number[] =>
  Array.from({ length: BUCKETS }, (_, at) => at).filter((at) => (a[at] ?? '') !== (b[at] ?? ''));
