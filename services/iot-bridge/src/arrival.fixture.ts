import type { Arrival } from '#arrival.ts';

export interface TestArrival extends Arrival {
  /** Reason codes of its acknowledgements. */
  readonly acknowledged: readonly number[];
  /** Its connection is gone. */
  lose(): void;
}

export function arrivalOf(
  payload: object | string,
  topic = 'iot/inventory/MUG/delta',
  properties = {},
): TestArrival {
  let current = true;
  const acknowledged: number[] = [];
  return {
    ...{ topic, properties, receivedAt: 1_000, acknowledged },
    payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    isCurrent: () => current,
    acknowledge: (code) => void acknowledged.push(code),
    lose() {
      current = false;
    },
  };
}
