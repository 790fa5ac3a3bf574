import type { AnyEvent, EventOf, EventType } from '@tradewind/contracts/event.ts';
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

/** One subscribed event of a service: a constant in a file of `src/on/`. */
export interface Reaction<Deps> {
  /** Stable literal, e.g. `order.on-payment-captured`: also the inbox key and the name of its dead-letter topic. */
  readonly name: string;
  readonly event: EventType;
  readonly handle: (deps: Deps) => (event: AnyEvent, delivery: Delivery) => Promise<unknown>;
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
): Reaction<Deps> {
  // The reactor gives a handler only events of its own type.
  return { name, event, handle: handle as unknown as Reaction<Deps>['handle'] };
}
