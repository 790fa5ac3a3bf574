import type { EventOf, EventType } from '@tradewind/contracts/event.ts';
import type { CommandContext } from './context.ts';
import type { InboxReceipt } from './inbox.ts';

/** What a handler gets besides the event. */
export interface Delivery {
  /** Goes into the handler's command, so that the effect and the note of it commit together. */
  readonly inbox: InboxReceipt;
  /** Context of commands that this event causes. */
  readonly context: CommandContext;
}

export type Handler<T extends EventType> = (event: EventOf<T>, delivery: Delivery) => Promise<unknown>;

/** One subscribed event of a service: the default export of a file in `src/on/`. */
export interface Reaction<Deps, T extends EventType = EventType> {
  /** Stable literal, e.g. `order.on-payment-captured`: also the inbox key and the name of its dead-letter topic. */
  readonly name: string;
  readonly event: T;
  readonly handle: (deps: Deps) => Handler<T>;
}

/**
 * Declares what a service does about an event.
 * The handler must be idempotent by `delivery.inbox`; throwing a retryable DomainError has it tried again, any other
 * error parks the event's key behind a dead letter.
 */
export function on<T extends EventType, Deps>(
  event: T,
  name: string,
  handle: (deps: Deps) => Handler<T>,
): Reaction<Deps, T> {
  return { name, event, handle };
}
