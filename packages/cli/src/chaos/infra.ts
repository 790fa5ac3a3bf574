import { setTimeout as pause } from 'node:timers/promises';
import { waitReady } from '#up/wait-ready.ts';
import { onInterrupt } from './interruption.ts';
import { prepareLoad, type Load } from './load.ts';
import { shuffled, seededRandom } from './random.ts';
import { settleAndCheck, showProgress, type Findings, type RunOptions } from './scenario.ts';
import type { Scene } from './scene.ts';
import { tooFew } from './verdict.ts';

const SERVERS = ['kafka', 'redis', 'registry'] as const;
const READY_MS = 90_000;

interface Outage {
  readonly server: string;
  readonly seconds: number;
  /** Acknowledged while it was down. */
  readonly orders: number;
  readonly payments: number;
}

/**
 * Kafka, Redis and the schema registry are stopped one after the other, in the seed's order, while buyers go on: orders
 * are taken and paid meanwhile, and every event arrives afterwards.
 */
export async function outagesUnderLoad(
  scene: Scene,
  { seed, seconds, clients }: RunOptions,
): Promise<Findings> {
  const orderUrls = [scene.endpoints.services['order']!];
  const load = await prepareLoad(scene, { seed, clients, orderUrls, scarcePieces: 2 * clients });
  const servers = shuffled(SERVERS, seededRandom(seed));
  const outages: Outage[] = [];
  let over = false;
  scene.records.note({ what: 'load' });
  const stopProgress = showProgress(scene, load, () => `${outages.length} of ${servers.length} outages`);
  try {
    await Promise.all([
      load.run(() => over),
      (async () => {
        try {
          // A third of the time is left to the stack between outages.
          const downMs = (seconds * 1_000) / servers.length / 1.5;
          for (const server of servers) {
            outages.push(await outage(scene, load, server, downMs));
            await pause(downMs / 2);
          }
        } finally {
          over = true;
        }
      })(),
    ]);
  } finally {
    stopProgress();
  }
  scene.records.note({ what: 'load over' });
  const violations = await settleAndCheck(scene, load);
  const counts = (of: (outage: Outage) => number): Record<string, number> =>
    Object.fromEntries(outages.map((one) => [one.server, of(one)]));
  const prefixed = (what: string, of: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.entries(of).map(([server, value]) => [`${what} without ${server}`, value]));
  const stood = {
    ...prefixed(
      'orders',
      counts(({ orders }) => orders),
    ),
    ...prefixed(
      'payments',
      counts(({ payments }) => payments),
    ),
  };
  return {
    load,
    faults: prefixed(
      'seconds',
      counts((one) => Math.round(one.seconds)),
    ),
    observed: stood,
    missing: tooFew(stood, Object.fromEntries(SERVERS.map((server) => [`orders without ${server}`, 1]))),
    violations,
  };
}

async function outage(scene: Scene, load: Load, server: string, downMs: number): Promise<Outage> {
  const { supervisor, home, records } = scene;
  const release = onInterrupt(() => supervisor({ op: 'start', name: server }));
  await supervisor({ op: 'stop', name: server });
  records.note({ what: 'stopped', process: server });
  const began = performance.now();
  const before = { orders: load.count('order'), payments: load.count('payment') };
  try {
    await pause(downMs);
    return {
      server,
      seconds: (performance.now() - began) / 1_000,
      orders: load.count('order') - before.orders,
      payments: load.count('payment') - before.payments,
    };
  } finally {
    release();
    await supervisor({ op: 'start', name: server });
    await waitReady(supervisor, home, [server], READY_MS);
    records.note({ what: 'started', process: server });
  }
}
