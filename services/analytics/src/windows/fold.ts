import { bucketOf } from './duration-buckets.ts';
import type { Fact } from './fact.ts';
import { newSums, type Sums } from './sums.ts';
import { isFinal, startOf, type WindowSize } from './window.ts';

/** What is remembered of an order or cart: enough to know a repeat, and what a cancellation still takes back. */
export interface Entry {
  readonly version: number;
  readonly captured: bigint;
  readonly refunded: bigint;
}

/** What one tenant's rows gain. */
export interface Gain {
  /** Entries that differ from those that were given, by key. */
  readonly changed: ReadonlyMap<string, Entry>;
  readonly sums: Sums;
}

export interface Folded {
  readonly byTenant: ReadonlyMap<string, Gain>;
  /** The latest time that the partition has told of, after these facts. */
  readonly watermark: number;
  readonly applied: number;
  /** Applied although their minute was final. */
  readonly late: number;
}

export interface Timed extends Fact {
  /** Time by which the broker had it: a time that claims to be later does not move the watermark. */
  readonly storedAt: number;
}

const NOTHING: Entry = { version: 0, captured: 0n, refunded: 0n };

/** Entries that are known of each tenant, by key. */
export type Known = ReadonlyMap<string, ReadonlyMap<string, Entry>>;

/**
 * Folds facts of one partition, in their order, into what they add to the windows. A version that the entry has seen is a
 * repeat and adds nothing, so every split into batches and every repetition gives the same sums.
 */
export function fold(
  known: Known,
  facts: readonly Timed[],
  from: { readonly watermark: number; readonly latenessMs: number },
): Folded {
  const byTenant = new Map<string, { changed: Map<string, Entry>; sums: Sums }>();
  let { watermark } = from;
  let applied = 0;
  let late = 0;
  for (const fact of facts) {
    let gain = byTenant.get(fact.storeId);
    const entry = gain?.changed.get(fact.key) ?? known.get(fact.storeId)?.get(fact.key) ?? NOTHING;
    if (fact.version <= entry.version) continue;
    if (!gain) byTenant.set(fact.storeId, (gain = { changed: new Map(), sums: newSums() }));
    const seen = watermark;
    const isLate = (size: WindowSize): boolean =>
      isFinal(size, startOf(size, fact.occurredAt), seen, from.latenessMs);
    gain.changed.set(fact.key, { ...applyTo(entry, fact, gain.sums, isLate), version: fact.version });
    applied++;
    if (isLate('1m')) late++;
    watermark = Math.max(watermark, Math.min(fact.occurredAt, fact.storedAt));
  }
  return { byTenant, watermark, applied, late };
}

function applyTo(
  entry: Entry,
  { change, occurredAt: at }: Fact,
  sums: Sums,
  isLate: (size: WindowSize) => boolean,
): Entry {
  switch (change.kind) {
    case 'stage':
      sums.addCount(at, change.stage);
      return entry;
    case 'paid': {
      const { currency, amount, createdAt, lines } = change;
      sums.addRevenue(at, currency, { gross: amount, orders: 1 }, isLate);
      sums.addCount(at, 'ORDER_PAID');
      sums.addCount(at, `${PAID_AFTER}${bucketOf(at - createdAt)}`);
      for (const line of lines) sums.addProduct(at, line.productId, currency, line.qty, line.amount);
      return { ...entry, captured: entry.captured + amount };
    }
    case 'refunded': {
      const { currency, amount } = change;
      sums.addRevenue(at, currency, { refunded: amount, refunds: 1 }, isLate);
      return { ...entry, refunded: entry.refunded + amount };
    }
    case 'canceled': {
      const { currency, lines } = change;
      // The refund of a cancellation is an event of its own; this is what no event has given back.
      const left = entry.captured - entry.refunded;
      sums.addRevenue(at, currency, { refunded: left, canceled: 1 }, isLate);
      sums.addCount(at, 'ORDER_CANCELED');
      if (entry.captured > 0n) {
        for (const { productId, qty, amount } of lines)
          sums.addProduct(at, productId, currency, -qty, -amount);
      }
      return { ...entry, refunded: entry.captured };
    }
    default:
      return change satisfies never;
  }
}

/** Prefix of the counts of how long orders took from being placed to being paid. */
export const PAID_AFTER = 'paid-after:';
