import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Log } from './logger.ts';
import { failpoint } from './failpoints.ts';
import { liveVersion } from './live-version.ts';
import { claimDue, noteFailure, unpark } from './parked.ts';
import { onlyPostgres } from './postgres-store.ts';
import { topicsIn } from './projection.ts';
import type { ProjectionStores } from './projection-store.ts';
import { type FeedOptions, ProjectionRetired, type Projector, projectorOf } from './projector.ts';
import { explained } from './store-away.ts';

export interface ProjectionRunnerOptions extends Omit<FeedOptions, 'version' | 'store'> {
  readonly service: string;
  readonly broker: Broker;
  readonly systemDb: Database;
  readonly log: Log;
  /** Where versions may stand; only in Postgres where it is left out. */
  readonly stores?: ProjectionStores;
  onCrash(error: unknown): void;
}

export interface ProjectionRunner {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
}

/** Consumer group of one version of a projection: each version reads the log at its own pace. */
export const projectionGroup = (service: string, projection: string, version: number): string =>
  `${service}.${projection}.v${version}`;

const PARKED_POLL_MS = 1_000;

/**
 * Keeps the live version of a projection up to date. When a replay switches versions, the running one finds itself
 * retired in its next transaction and goes on with the new one, from the new one's checkpoints.
 */
export function runProjection(options: ProjectionRunnerOptions): ProjectionRunner {
  const { projection, service, broker, log, stores = onlyPostgres() } = options;
  let subscription: Subscription | undefined;
  let projector: Projector | undefined;
  let running: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let changing: Promise<void> | undefined;
  let stopped = false;

  async function begin(): Promise<void> {
    const { version, store } = await liveVersion(options.db, projection.name);
    const place = await stores.open(store);
    projector = projectorOf({ ...options, version, store: place });
    running = version;
    const current = projector;
    subscription = await broker.subscribe({
      group: projectionGroup(service, projection.name, version),
      topics: topicsIn(projection, store),
      ...(projection.lingerMs === undefined ? {} : { lingerMs: projection.lingerMs }),
      ...(projection.maxBatch === undefined ? {} : { maxBatch: projection.maxBatch }),
      async onBatch(batch) {
        try {
          await current.apply(batch);
        } catch (error) {
          if (error instanceof ProjectionRetired) void change();
          throw await explained(error, place);
        }
      },
      onCrash: options.onCrash,
    });
    log.info({ projection: projection.name, version, store }, 'projection runs');
  }

  function change(): Promise<void> {
    changing ??= (async () => {
      await subscription?.stop();
      if (!stopped) await begin();
    })()
      .catch(options.onCrash)
      .finally(() => {
        changing = undefined;
      });
    return changing;
  }

  async function retryParked(): Promise<void> {
    const next = () => options.systemDb.transaction('', (tx) => claimDue(tx, [projection.name], 50));
    for (let due = await next(); due.length > 0 && !stopped; due = await next()) {
      await options.systemDb.transaction('', async (tx) => {
        for (const { id, attempts, message } of due) {
          const failure = await projector?.retry(tx, message);
          if (failure) await noteFailure(tx, id, { ...failure, attempts: attempts + 1 });
          else await unpark(tx, id);
        }
        failpoint('projection.retried');
      });
    }
  }

  /** A switch that no event has told of. */
  async function lookForSwitch(): Promise<void> {
    const { version } = await liveVersion(options.db, projection.name);
    if (running !== undefined && version !== running) await change();
  }

  function scheduleRetries(): void {
    timer = setTimeout(() => {
      void lookForSwitch()
        .then(retryParked)
        .catch((error: unknown) => log.warn({ error: String(error) }, 'parked events could not be tried'))
        .then(() => {
          if (!stopped) scheduleRetries();
        });
    }, PARKED_POLL_MS);
  }

  return {
    async start() {
      await begin();
      scheduleRetries();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await changing;
      await subscription?.stop();
    },
    get subscription() {
      return subscription;
    },
  };
}
