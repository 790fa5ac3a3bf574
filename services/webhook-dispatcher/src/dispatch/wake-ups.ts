/** A subscription that may have something to do. A hint: what is due stands in the database. */
export interface Wake {
  readonly storeId: string;
  readonly subscriptionId: string;
}

/** Tells the instances, whichever of them has time, that there is work: now, or after a step of the schedule. */
export interface WakeUps {
  now(wakes: readonly Wake[]): void;
  after(step: number, wake: Wake): void;
}

/** Without a broker an instance wakes itself; what is due later is found by looking. */
export const ownWakeUps = (wake: (one: Wake) => void): WakeUps => ({
  now: (wakes) => wakes.forEach(wake),
  after: () => undefined,
});
