import { isDomainError } from '@tradewind/kernel/errors.ts';
import { type Backoff, pause, pauseMs } from '#backoff.ts';
import type { Handler } from '#handler.ts';

export interface RetryOptions extends Partial<Backoff> {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Default: everything but DomainErrors that say they are not retryable. */
  readonly isRetryable?: (error: unknown) => boolean;
  /** Told before each pause. */
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

/** Unknown errors may pass (a lost connection); an expected failure says itself whether it can. */
export const isRetryable = (error: unknown): boolean => !isDomainError(error) || error.retryable;

/**
 * Tries a handler again, with growing, jittered pauses, while its error is retryable. Later messages of the partition
 * wait meanwhile, so keep attempts × maxMs under a second where other keys share it. The last error is thrown.
 */
export function retry(options: RetryOptions) {
  const { attempts, isRetryable: worthIt = isRetryable, initialMs = 20, maxMs = 500 } = options;
  return (handler: Handler): Handler =>
    async (message, signal) => {
      for (let attempt = 1; ; attempt++) {
        try {
          await handler(message, signal);
          return;
        } catch (error) {
          if (attempt >= attempts || signal.aborted || !worthIt(error)) throw error;
          options.onRetry?.(error, attempt);
          await pause(pauseMs(attempt, { initialMs, maxMs }), signal);
          signal.throwIfAborted();
        }
      }
    };
}
