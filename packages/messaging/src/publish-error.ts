import { DomainError } from '@tradewind/kernel/errors.ts';

export interface PublishFailure {
  /** False when the same call can never succeed: the messages in `poison`, or an unknown topic. */
  readonly retryable: boolean;
  /** Positions, in the array given to `publish`, of messages that the broker refuses for themselves. */
  readonly poison?: readonly number[];
  /** Default PUBLISH_FAILED. */
  readonly code?: string;
  readonly cause?: unknown;
}

/**
 * A publish that failed. Nothing is known about any of its messages: some may be stored. The caller publishes them
 * again, without the `poison` ones; of a poisonous message's key nothing after it was sent.
 */
export class PublishError extends DomainError {
  readonly poison: readonly number[] | undefined;

  constructor(message: string, failure: PublishFailure) {
    super(failure.code ?? 'PUBLISH_FAILED', failure.retryable ? 'unavailable' : 'rejected', message, {
      retryable: failure.retryable,
      cause: failure.cause,
    });
    this.name = 'PublishError';
    this.poison = failure.poison;
  }
}
