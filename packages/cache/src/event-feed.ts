import { newId } from '@tradewind/kernel/ids.ts';
import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';

/** For caches that processes share: little for a reader who is behind anyway, and most of a busy topic's fetches are saved. */
export const SHARED_LINGER_MS = 200;

export interface EventFeedOptions {
  readonly broker: Broker & Pick<BrokerLog, 'deleteGroup' | 'endOffsets' | 'setGroupOffsets'>;
  /** Consumer group; with `eachProcess` what the names of the groups begin with. */
  readonly group: string;
  /**
   * A cache in the process must hear of everything: each process has a group of its own, from now on, and nothing is kept
   * before that. What processes share is told once, by the group that they share.
   */
  readonly eachProcess: boolean;
  readonly topics: readonly string[];
  /** Gathers events in ms under load: of what comes together, a thing is invalidated once. */
  readonly lingerMs?: number;
  onBatch(batch: readonly Message[]): Promise<void>;
  readonly log: Log;
  onCrash(error: unknown): void;
}

/** The only way in which a cache hears of changes. */
export interface EventFeed {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether changes are arriving. */
  readonly fed: boolean;
  readonly subscription: Subscription | undefined;
}

const RETRY_MS = 1_000;

/** Starts at the end of the topics: what was kept before has lapsed, or is held against its version. */
export function createEventFeed(options: EventFeedOptions): EventFeed {
  const { broker, eachProcess, topics, lingerMs, onBatch, onCrash, log } = options;
  const group = eachProcess ? `${options.group}.${newId()}` : options.group;
  let subscription: Subscription | undefined;
  let stopped = false;

  /** What processes share is told again after a crash; a process's own cache dies with it. */
  async function shareBatch(batch: readonly Message[]): Promise<void> {
    failpoint('feed.received');
    await onBatch(batch);
    failpoint('feed.told');
  }

  async function subscribe(): Promise<void> {
    // Positions are set before anything is kept, so that no change between then and the first fetch is missed.
    if (eachProcess)
      for (const topic of topics) await broker.setGroupOffsets(group, topic, await broker.endOffsets(topic));
    subscription = await broker.subscribe({
      ...{ group, topics, onBatch: eachProcess ? onBatch : shareBatch, onCrash, fromBeginning: false },
      ...(lingerMs === undefined ? {} : { lingerMs }),
    });
  }

  async function listen(): Promise<void> {
    while (!stopped) {
      try {
        await subscribe();
        if (stopped) await subscription?.stop();
        return;
      } catch (error) {
        log.warn({ error: String(error), group }, 'invalidations do not arrive yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    name: options.group,
    // A service answers without it, so nobody waits for the broker here.
    start: async () => void listen(),
    async stop() {
      stopped = true;
      await subscription?.stop();
      if (!eachProcess) return;
      await broker.deleteGroup(group).catch((error: unknown) => {
        log.debug({ error: String(error), group }, 'the group was left to expire');
      });
    },
    get fed() {
      return subscription?.state === 'running';
    },
    get subscription() {
      return subscription;
    },
  };
}

/** Of what came together, each thing at its highest version: headers and keys say all that is needed. */
export function highestVersions(batch: readonly Message[]): Map<string, number> {
  const versions = new Map<string, number>();
  for (const { key, headers } of batch) {
    const version = Number(headers['aggregateVersion'] ?? Number.MAX_SAFE_INTEGER);
    versions.set(key, Math.max(version, versions.get(key) ?? 0));
  }
  return versions;
}
