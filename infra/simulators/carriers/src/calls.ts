import type { CarrierName } from '#carrier.ts';
import type { Operation } from '#knobs.ts';

/** A call as it came in, for tests that count. */
export interface Call {
  readonly carrier: CarrierName;
  readonly operation: Operation;
  /** OK, the code of a refusal, or the fault that was played. */
  outcome: string;
  reference?: string;
  trackingNumber?: string;
  /** epoch ms */
  readonly at: number;
}

const LIMIT = 10_000;

/** The last calls, the oldest first. */
export function createCallList(now: () => number) {
  const calls: Call[] = [];
  return {
    begin(carrier: CarrierName, operation: Operation): Call {
      const call: Call = { carrier, operation, outcome: 'UNANSWERED', at: now() };
      calls.push(call);
      if (calls.length > LIMIT) calls.shift();
      return call;
    },
    all: (): readonly Call[] => calls,
  };
}

export type CallList = ReturnType<typeof createCallList>;
