import { z } from 'zod';
import { type CarrierName, carriers } from '#carrier.ts';

export const operations = ['TOKEN', 'QUOTE', 'BUY', 'FIND', 'TRACK', 'CANCEL'] as const;
export type Operation = (typeof operations)[number];

/** How often something happens: always, never, or with a probability. */
const often = z.union([z.boolean(), z.number().min(0).max(1)]);

const carrierKnobs = z.strictObject({
  latencyMs: z
    .union([
      z.number().min(0).max(600_000),
      z.strictObject({ min: z.number().min(0), max: z.number().min(0).max(600_000) }),
    ])
    .optional(),
  fault: z
    .strictObject({
      /** ERROR: 500 with a page of HTML. HANG: no answer. BROKEN: half an answer, sent as whole. CUT: the connection ends within it. */
      kind: z.enum(['ERROR', 'HANG', 'BROKEN', 'CUT']),
      /** Of which calls; all of them unless said. */
      on: z.array(z.enum(operations)).optional(),
      rate: often.optional(),
      /** The work is done first: only its answer is lost. */
      after: z.boolean().optional(),
      /** So many times, then no more. */
      times: z.number().int().positive().optional(),
    })
    .optional(),
  /** Refuses to sell labels. */
  refuse: often.optional(),
  /** Refuses everything with its 503 before looking at it. */
  down: z.boolean().optional(),
  /** Posts each callback twice. */
  duplicates: often.optional(),
  /** Posts callbacks in pairs, the later one first, and lists events in no order. */
  shuffle: z.boolean().optional(),
  /** Parcels bought from here on get stuck. */
  exception: often.optional(),
});

/** The body of `PUT /_control/knobs`: `all` applies to every carrier, its own section wins. */
export const knobs = z.strictObject({
  all: carrierKnobs.optional(),
  fedex: carrierKnobs.optional(),
  ups: carrierKnobs.optional(),
  dhl: carrierKnobs.optional(),
  /** Callbacks go to `<callbackUrl>/<carrier>`. */
  callbackUrl: z.url().optional(),
  /** How many times as fast parcels bought from here on travel. */
  timeScale: z.number().positive().max(100_000).optional(),
});

export type Knobs = z.infer<typeof knobs>;
export type CarrierKnobs = z.infer<typeof carrierKnobs>;
export type FaultKind = NonNullable<CarrierKnobs['fault']>['kind'];

/** The knobs as they stand, with what is left of faults that are to happen a number of times. */
export function createBoard(initial: Knobs) {
  let current = initial;
  let left = new Map<CarrierName, number>();

  function set(next: Knobs): Knobs {
    current = { ...initial, ...next };
    left = new Map(carriers.map((carrier) => [carrier, of(carrier).fault?.times ?? Infinity]));
    return current;
  }

  const of = (carrier: CarrierName): CarrierKnobs => ({ ...current.all, ...current[carrier] });

  set({});
  return {
    get current() {
      return current;
    },
    set,
    reset: () => set({}),
    of,
    /** The fault that this call is to have. */
    takeFault(carrier: CarrierName, operation: Operation, happens: (often: boolean | number) => boolean) {
      const { fault } = of(carrier);
      const times = left.get(carrier) ?? 0;
      if (!fault || times === 0 || !(fault.on ?? operations).includes(operation)) return undefined;
      if (!happens(fault.rate ?? true)) return undefined;
      left.set(carrier, times - 1);
      return { kind: fault.kind, after: fault.after === true };
    },
  };
}

export type Board = ReturnType<typeof createBoard>;
