import type { Message } from './message.ts';

/** Handles one message. What it throws decides: a retryable DomainError is worth another try. */
export type Handler = (message: Message, signal: AbortSignal) => Promise<void>;

/** A handler for what `onBatch` receives: one message after the other, in order. The first failure ends the batch. */
export function eachMessage(handler: Handler) {
  return async (batch: readonly Message[], signal: AbortSignal): Promise<void> => {
    for (const message of batch) {
      signal.throwIfAborted();
      await handler(message, signal);
    }
  };
}
