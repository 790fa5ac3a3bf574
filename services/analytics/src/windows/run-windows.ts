import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { claimDue, noteFailure, unpark } from '@tradewind/outbox/parked.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { projectionGroup } from '@tradewind/outbox/projection-runner.ts';
import { ProjectionRetired } from '@tradewind/outbox/projector.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { createWindows, type Windows, type WindowsOptions } from './windows.ts';

export interface RunWindowsOptions extends Omit<WindowsOptions, 'build'> {
  readonly broker: Broker;
  /** Sees every tenant: finds parked events whose time has come. */
  readonly systemDb: Database;
  readonly log: Log;
  onCrash(error: unknown): void;
}

export interface RunningWindows {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
  /** Tries again what an operator has said to (`tw dlq retry`), and then what waits behind it. */
  readonly parked: Periodic;
}

/** Under load this much is applied at once; an idle stream hands over what there is. */
export const MAX_BATCH = 5_000;
const PARKED_POLL_MS = 1_000;
const PARKED_LIMIT = 50;

const { name, topics } = revenueWindows;

/**
 * Feeds the live build; several instances share the partitions. When a replay switches builds, the old one is found
 * retired in the next transaction, and the new one is followed from its own positions.
 */
export function runWindows(options: RunWindowsOptions): RunningWindows {
  const { broker, systemDb, log } = options;
  let subscription: Subscription | undefined;
  let windows: Windows | undefined;
  let changing: Promise<void> | undefined;
  let stopped = false;

  async function begin(): Promise<void> {
    const { version: build } = await liveVersion(options.db, name);
    const current = createWindows({ ...options, build });
    windows = current;
    subscription = await broker.subscribe({
      group: projectionGroup('analytics', name, build),
      topics,
      maxBatch: MAX_BATCH,
      async onBatch(batch) {
        try {
          await current.apply(batch);
        } catch (error) {
          if (error instanceof ProjectionRetired) void change();
          throw error;
        }
      },
      onCrash: options.onCrash,
    });
    log.info({ projection: name, version: build }, 'windows are fed');
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

  async function retryParked(stopping: () => boolean): Promise<void> {
    const next = () => systemDb.transaction('', (tx) => claimDue(tx, [name], PARKED_LIMIT));
    for (let due = await next(); due.length > 0 && !stopping(); due = await next()) {
      await systemDb.transaction('', async (tx) => {
        for (const { id, attempts, message } of due) {
          const failure = await windows?.retry(tx, message);
          if (failure) await noteFailure(tx, id, { ...failure, attempts: attempts + 1 });
          else await unpark(tx, id);
        }
      });
    }
  }

  return {
    start: begin,
    async stop() {
      stopped = true;
      await changing;
      await subscription?.stop();
    },
    get subscription() {
      return subscription;
    },
    parked: periodically({ name: 'parked windows', everyMs: PARKED_POLL_MS, round: retryParked, log }),
  };
}
