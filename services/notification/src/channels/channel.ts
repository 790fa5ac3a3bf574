import type { ChannelName } from '#messages/kinds.ts';

/** What goes out by a channel. */
export interface Outgoing {
  /** Stays the same over all tries: a sink that knows it drops repeats. */
  readonly deliveryId: string;
  readonly address: string;
  readonly subject: string | null;
  readonly body: string;
}

/** What a sink said. A refusal is for good: the same message would be refused again. */
export type Answer =
  | { readonly kind: 'SENT'; readonly providerMessageId: string | null }
  | { readonly kind: 'REFUSED'; readonly code: 'REFUSED' | 'ADDRESS_REFUSED'; readonly detail: string };

/** One way to reach somebody, as an adapter of one provider's wire. */
export interface Channel {
  readonly name: ChannelName;
  /**
   * One try, which ends within the time that the adapter was made with.
   * @throws ChannelFailure where a later try may do better; the sink may have taken it nevertheless
   */
  send(message: Outgoing): Promise<Answer>;
  close(): Promise<void>;
}

export type FailureCode = 'UNREACHABLE' | 'TIMEOUT' | 'UNAVAILABLE' | 'DENIED' | 'BREAKER_OPEN';

/** A try that came to nothing, as far as is known. */
export class ChannelFailure extends Error {
  readonly code: FailureCode;
  /** What the sink asked for. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ChannelFailure';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}
