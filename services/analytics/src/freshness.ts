import type { Fresh } from '#input.ts';
import type { Progress } from '#watermark.ts';

/** What answers say of how much they know. */
export interface Freshness {
  /** Epoch ms; undefined while it is not known. */
  readonly watermark: number | undefined;
  /** So long after its end a window still waits for events that are on their way. */
  readonly latenessMs: number;
  of(asOf: Date): Fresh;
}

export function freshnessOf(progress: { readonly now: Progress | undefined }, latenessMs: number): Freshness {
  const known = (): number | undefined => {
    const watermark = progress.now?.watermark;
    // 0 = a partition with events of which none was read yet.
    return watermark === undefined || watermark === 0 ? undefined : watermark;
  };
  return {
    latenessMs,
    get watermark() {
      return known();
    },
    of(asOf) {
      const watermark = known();
      return {
        asOf: asOf.toISOString(),
        watermark: watermark === undefined ? null : new Date(watermark).toISOString(),
      };
    },
  };
}
