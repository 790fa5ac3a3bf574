/** One event on its way: from the transaction that stored it to whatever follows from it. Times are epoch ms. */
export interface TracedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly storeId: string;
  readonly key: string;
  readonly version: number;
  readonly producer: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceId: string;
  /** Whether its trace was kept. */
  readonly sampled: boolean;
  /** The time of the transaction that stored state, event and outbox row. */
  readonly storedAt: number;
  /** Why its bytes can't be read; all else of it is then told by its headers. */
  readonly unreadable?: string | undefined;
  /** Undefined while it waits in the outbox. */
  readonly published: Place | undefined;
  readonly effects: readonly Effect[];
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly at: number;
}

export type EffectState = 'done' | 'waiting' | 'parked' | 'failed' | 'missing';

/** What follows from an event in one place. */
export interface Effect {
  readonly kind: 'consumer' | 'projection' | 'notification' | 'webhook';
  /** The service that it happens in. */
  readonly service: string;
  readonly name: string;
  readonly state: EffectState;
  readonly at?: number | undefined;
  /** `at` is the latest time at which it can have been; this, if known, the earliest. */
  readonly notBefore?: number | undefined;
  readonly exact: boolean;
  readonly detail?: string | undefined;
  readonly attempts?: readonly Attempt[];
}

/** By event. */
export type Effects = ReadonlyMap<string, readonly Effect[]>;

export interface Attempt {
  readonly at: number;
  readonly durationMs?: number | undefined;
  readonly result: string;
}

/** A request that led to events, as its trace tells of it. */
export interface TracedRequest {
  readonly correlationId: string;
  readonly traceId: string;
  /** Outermost first; empty where the trace was not kept. */
  readonly spans: readonly Span[];
}

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: number | undefined;
}

export interface Lineage {
  readonly subject: { readonly kind: 'order' | 'event'; readonly id: string; readonly status?: string };
  readonly requests: readonly TracedRequest[];
  /** In the order in which they were stored. */
  readonly events: readonly TracedEvent[];
}

/** Ids of events begin with the time at which they were made. */
export const timeOfId = (eventId: string): number =>
  Number.parseInt(eventId.replaceAll('-', '').slice(0, 12), 16);
