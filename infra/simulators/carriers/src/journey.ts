import type { Label, Stage, TrackingEvent } from '#carrier.ts';

type Leg = readonly [stage: Stage, seconds: number];

/** Ordinary time from purchase to each stage: a parcel is there within a minute. */
const smooth: readonly Leg[] = [
  ['PICKED_UP', 5],
  ['IN_TRANSIT', 15],
  ['OUT_FOR_DELIVERY', 30],
  ['DELIVERED', 45],
];
const stuck: readonly Leg[] = [
  ['PICKED_UP', 5],
  ['IN_TRANSIT', 15],
  ['EXCEPTION', 30],
];

type Travelling = Pick<Label, 'at' | 'scale' | 'exception' | 'canceledAt' | 'hastenedAt'>;

/** All that will ever happen to a parcel, unless somebody interferes. A function of the label, so nothing else is kept. */
export function journeyOf({ at, scale, exception, canceledAt, hastenedAt }: Travelling): TrackingEvent[] {
  const legs = exception ? stuck : smooth;
  const planned = legs.map(([stage, seconds]) => ({ stage, at: Math.ceil(at + (seconds * 1_000) / scale) }));
  if (canceledAt !== null) return planned.filter((event) => event.at <= canceledAt);
  if (hastenedAt === null) return planned;
  // A parcel that was to get stuck and has not yet goes the smooth way.
  const past = planned.filter((event) => event.at <= hastenedAt);
  const rest = smooth.slice(Math.min(past.length, smooth.length - 1));
  return [...past, ...rest.map(([stage], index) => ({ stage, at: hastenedAt + index + 1 }))].filter(
    (event, index, all) => all.findIndex((it) => it.stage === event.stage) === index,
  );
}

export function happened(label: Travelling, now: number): TrackingEvent[] {
  return journeyOf(label).filter((event) => event.at <= now);
}
