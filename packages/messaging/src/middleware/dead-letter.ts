import type { Publisher } from '#broker.ts';
import { deadLetter, errorOf } from '#dead-letter.ts';
import type { Handler } from '#handler.ts';
import { isRetryable, retry, type RetryOptions } from './retry.ts';

export interface DeadLetterOptions extends RetryOptions {
  /** Stable name of the consumer; its letters go to `dlq.<consumer>`. */
  readonly consumer: string;
  readonly publisher: Publisher;
}

/**
 * Keeps a message that cannot be handled from holding up its partition: after `attempts` tries, or at once when the
 * error is not retryable, it goes to `dlq.<consumer>` and counts as handled. When that publish fails the error is
 * thrown, so the message comes again: it is never lost. Later messages of the key are not held back; a consumer that
 * needs their order parks them (the outbox package's runtime does).
 */
export function deadLetters(options: DeadLetterOptions) {
  const { consumer, publisher, isRetryable: worthIt = isRetryable } = options;
  return (handler: Handler): Handler =>
    async (message, signal) => {
      let attempts = 0;
      const counted: Handler = (current, currentSignal) => {
        attempts++;
        return handler(current, currentSignal);
      };
      try {
        await retry({ ...options, isRetryable: worthIt })(counted)(message, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const letter = deadLetter(message, consumer, errorOf(error), attempts);
        await publisher.publish(letter.topic, [letter.message]);
      }
    };
}
