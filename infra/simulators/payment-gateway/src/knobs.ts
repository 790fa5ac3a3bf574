import { z } from 'zod';

/** How often something happens: always, never, or with a probability. */
const often = z.union([z.boolean(), z.number().min(0).max(1)]);

const channelKnobs = z.strictObject({
  latencyMs: z
    .union([
      z.number().min(0).max(600_000),
      z.strictObject({ min: z.number().min(0), max: z.number().min(0).max(600_000) }),
    ])
    .optional(),
  declineRate: often.optional(),
  /** Decimal strings: these amounts are always declined. */
  declineAmounts: z.array(z.string()).optional(),
  /** Faults instead of charging. */
  faultRate: often.optional(),
  /** Charges, then never answers. Queries are answered. */
  timeoutAfterCommit: often.optional(),
  /** Charges, then answers with XML (JSON on REST) that does not parse. */
  malformedXml: often.optional(),
  /** Posts each callback twice. */
  duplicateCallback: often.optional(),
  /** Refuses everything with 503 before looking at it. */
  down: z.boolean().optional(),
});

/** The body of `PUT /knobs`: `both` applies to either channel, its own section wins. */
export const knobs = z.strictObject({
  soap: channelKnobs.optional(),
  rest: channelKnobs.optional(),
  both: channelKnobs.optional(),
  callbackUrl: z.url().optional(),
});

export type Knobs = z.infer<typeof knobs>;
export type ChannelKnobs = z.infer<typeof channelKnobs>;

export function knobsOf(all: Knobs, channel: 'SOAP' | 'REST'): ChannelKnobs {
  return { ...all.both, ...(channel === 'SOAP' ? all.soap : all.rest) };
}
