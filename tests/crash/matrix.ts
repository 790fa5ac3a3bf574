/** One step at which one service is crashed. */
export interface Row {
  readonly service: string;
  readonly failpoint: string;
}

const relay = ['relay.read', 'relay.published', 'relay.marked'];
const store = ['store.saved', 'store.committed'];
const reactor = ['reactor.received', 'reactor.handled'];
const feed = ['feed.received', 'feed.told'];
const projection = ['projection.received', 'projection.applied', 'projection.committed'];

const deliver = ['deliver.claimed', 'deliver.sent', 'deliver.saved', 'deliver.committed'];

/** Steps of what becomes of an order after it is paid. */
export const laterLife: readonly string[] = [
  ...['ship.requested', 'ship.labeled', 'track.recorded', 'cancel.decided', 'return.decided'],
  ...['refund.requested', 'refund.answered', 'refund.recorded'],
];

/** Steps of what devices report, on their way into the stock. */
const devices = [
  ...['readings.received', 'readings.saved', 'readings.committed'],
  ...['parked.found', 'parked.applied', 'release.settled'],
];

/**
 * The crash matrix: each step that a service passes, crashed there as by `kill -9`. The steps stand in the code as
 * `failpoint('…')`; failpoints.unit.spec.ts compares both. Steps of one column are crashed in the same rounds: consumers
 * together, because a group waits for its dead member, and the order's payment apart from the adapter's.
 */
const steps: Readonly<Record<string, readonly (readonly string[])[]>> = {
  order: [
    ['place.priced', 'place.reserved', 'pay.held', 'pay.opened', 'pay.called', 'pay.settled'],
    [...reactor, ...projection],
    [...['saga.claimed', 'saga.stepped', 'cancel.refunded', ...store, ...relay], ...laterLife],
  ],
  inventory: [
    [...store, ...relay],
    [...reactor, ...projection, ...feed],
    [...['sweep.found', 'sweep.expired'], ...devices],
  ],
  product: [
    [...store, ...relay],
    [...feed, ...projection],
  ],
  cart: [
    ['checkout.begun', 'checkout.ordered', 'checkout.settled'],
    [],
    ['checkout.claimed', ...store, 'abandon.found', 'abandon.stored', ...relay],
  ],
  pricing: [
    ['codes.held', 'codes.settled', 'lapse.found', 'lapse.released'],
    [...reactor, ...projection],
    [...relay, 'sale.claimed', 'sale.saved', 'sale.committed'],
  ],
  notification: [
    [],
    [...reactor, ...projection, 'push.projected', 'push.appended', 'push.stored'],
    [...deliver, ...relay],
  ],
  'webhook-dispatcher': [
    ['intake.received', 'intake.saved', 'intake.committed'],
    [],
    [
      ...['delivery.claimed', 'delivery.taken', 'delivery.sent', 'delivery.recorded', 'delivery.committed'],
      ...relay,
    ],
  ],
  'payment-adapter': [
    [],
    [...store, ...relay],
    [
      ...['refund.recorded', 'refund.called', 'refund.settled', 'refund.postponed'],
      ...['payment.recorded', 'payment.called', 'payment.settled', 'payment.postponed', 'settle.claimed'],
    ],
  ],
  'iot-bridge': [[], ['bridge.received', 'bridge.published'], []],
  analytics: [
    [],
    ['windows.received', 'windows.applied', 'windows.committed', 'star.applied', 'star.committed'],
    [],
  ],
};
const columns = Math.max(...Object.values(steps).map(({ length }) => length));

/** Steps of a replay, which is a process of its own. */
export const replaySteps: readonly Row[] = [
  ...[
    ...['rebuild.prepared', 'projection.committed', 'rebuild.read', 'rebuild.compared'],
    ...['rebuild.switching', 'rebuild.switched'],
  ].map((failpoint) => ({ service: 'order', failpoint })),
  ...['rebuild.prepared', 'rebuild.read', 'rebuild.switching', 'rebuild.switched'].map((failpoint) => ({
    service: 'analytics',
    failpoint,
  })),
];

/** Steps of the way back to the version that was live before. */
export const rollbackSteps: readonly Row[] = [
  ...['rebuild.revived', 'rebuild.read', 'rebuild.switching'].map((failpoint) => ({
    service: 'order',
    failpoint,
  })),
];

/** Steps that only an event that cannot be handled passes: it is parked, and tried again when an operator says so. */
export const poisonSteps: readonly Row[] = [
  { service: 'order', failpoint: 'reactor.parked' },
  { service: 'order', failpoint: 'reactor.retried' },
  { service: 'pricing', failpoint: 'projection.applied' },
  { service: 'pricing', failpoint: 'projection.committed' },
  { service: 'pricing', failpoint: 'projection.retried' },
];

export const rows: readonly Row[] = Object.entries(steps).flatMap(([service, own]) =>
  own.flat().map((failpoint) => ({ service, failpoint })),
);

/** Rows of different services share a round: their processes die under the same traffic, and each by itself. */
export const rounds: readonly (readonly Row[])[] = Array.from({ length: columns }, (_, column) => {
  const inColumn = Object.entries(steps).map(([service, own]) => ({
    service,
    failpoints: own[column] ?? [],
  }));
  const longest = Math.max(...inColumn.map(({ failpoints }) => failpoints.length));
  return Array.from({ length: longest }, (_, round) =>
    inColumn.flatMap(({ service, failpoints }) => {
      const failpoint = failpoints[round];
      return failpoint === undefined ? [] : [{ service, failpoint }];
    }),
  );
}).flat();
