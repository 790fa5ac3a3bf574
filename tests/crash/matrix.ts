/** One step at which one service is crashed. */
export interface Row {
  readonly service: string;
  readonly failpoint: string;
}

const relay = ['relay.read', 'relay.published', 'relay.marked'];
const store = ['store.saved', 'store.committed'];
const reactor = ['reactor.received', 'reactor.handled'];
const projection = ['projection.received', 'projection.applied', 'projection.committed'];

/**
 * The crash matrix: each step that a service passes, crashed there as by `kill -9`. The steps stand in the code as
 * `failpoint('…')`; failpoints.unit.spec.ts compares both.
 */
const steps: Readonly<Record<string, readonly string[]>> = {
  order: [
    ...['place.reserved', 'pay.held', 'pay.opened', 'pay.called', 'pay.settled'],
    ...['saga.claimed', 'saga.stepped', 'cancel.refunded'],
    ...[...store, ...relay, ...reactor, ...projection],
  ],
  inventory: [...store, ...relay, ...reactor, ...projection, 'sweep.found', 'sweep.expired'],
  // Its own steps meet rounds in which the order's saga goes its way undisturbed: both at once take long to recover.
  'payment-adapter': [
    ...[...store, ...relay, 'payment.recorded', 'refund.recorded', 'refund.called'],
    ...['payment.called', 'payment.settled', 'payment.postponed', 'settle.claimed'],
    ...['refund.settled', 'refund.postponed'],
  ],
  product: [...store, ...relay, ...reactor, ...projection],
};

/** Steps of a replay, which is a process of its own. */
export const replaySteps: readonly Row[] = [
  ...['rebuild.prepared', 'projection.received', 'projection.applied', 'projection.committed'],
  ...['rebuild.read', 'rebuild.switching', 'rebuild.switched'],
].map((failpoint) => ({ service: 'order', failpoint }));

export const rows: readonly Row[] = Object.entries(steps).flatMap(([service, failpoints]) =>
  failpoints.map((failpoint) => ({ service, failpoint })),
);

/** Rows of different services share a round: their processes die under the same traffic, and each by itself. */
export const rounds: readonly (readonly Row[])[] = Array.from(
  { length: Math.max(...Object.values(steps).map((failpoints) => failpoints.length)) },
  (_, round) =>
    Object.entries(steps).flatMap(([service, failpoints]) => {
      const failpoint = failpoints[round];
      return failpoint === undefined ? [] : [{ service, failpoint }];
    }),
);
