import type { Message, OutgoingMessage } from './message.ts';

// Who speaks to a broker needs these with it.
export type { Message, OutgoingMessage } from './message.ts';
export { PublishError } from './publish-error.ts';

export interface Publisher {
  /**
   * Publishes in order per key and resolves when every message is durably stored (acks of all in-sync replicas).
   * Rejects with PublishError `{ retryable, poison? }`: after a rejection nothing is known about any of the messages,
   * so the caller publishes them again (consumers drop the duplicates). Calls may overlap; what waits behind a failed
   * message of its partition fails with it, so order survives the repetition.
   */
  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Waits for what is in flight, then disconnects. */
  close(): Promise<void>;
}

/** starting: not yet fed, or reconnecting. crashed: it will not recover, the process should end. */
export type SubscriptionState = 'starting' | 'running' | 'crashed' | 'stopped';

export interface Subscription {
  /** Epoch ms of the last successful fetch or poll, for liveness; 0 before the first. */
  readonly lastFetchAt: number;
  readonly state: SubscriptionState;
  /**
   * Takes no further batches, waits for those being handled and commits them. After a grace time their `signal` is
   * aborted and they are left uncommitted: somebody else gets them again.
   */
  stop(): Promise<void>;
  /** Messages of the whole group that are stored and not yet committed. */
  lag?(): Promise<bigint>;
}

export interface SubscribeOptions {
  /** Subscriptions of one group share the messages; each group gets all of them. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Receives batches of one partition, in order; called concurrently for different partitions, never for one. When it
   * resolves the batch is committed; when it throws, the same batch comes again after a growing pause, while other
   * partitions go on. May see a message twice: at least once is all that is promised.
   * `signal` is aborted when the result no longer counts (partition taken away, grace of `stop` over).
   */
  onBatch(batch: readonly Message[], signal: AbortSignal): Promise<void>;
  /** Most messages handed over at once; default 1000. */
  readonly maxBatch?: number;
  /** Where a group without a committed position starts; default true. */
  readonly fromBeginning?: boolean;
  /**
   * Pause in ms after a small batch, so that under load messages gather instead of costing a fetch each; default 30. More
   * for a consumer that nobody waits for. The first message after a rest is not delayed.
   */
  readonly lingerMs?: number;
  /** Called once when the subscription is lost for good (state `crashed`). Connection losses are not: they heal. */
  onCrash?(error: unknown): void;
}

export interface Broker {
  /** Each call gives a publisher of its own; close it, or the broker. */
  publisher(): Publisher;
  /** Resolves when the subscription is in place, or (state `starting`) when the broker is away. Rejects with TOPIC_UNKNOWN. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Stops its subscriptions and closes its publishers. */
  close(): Promise<void>;
}
