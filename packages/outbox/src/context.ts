/** Who asked, on whose behalf, and what caused it: travels from a request or an event into every event that follows. */
export interface CommandContext {
  /** The tenant. */
  readonly storeId: string;
  readonly correlationId: string;
  /** The event or request that led here. */
  readonly causationId: string | null;
  /** `sub` of who gave the command; absent where a timer or an event did. */
  readonly actor?: string | undefined;
  /** W3C trace context of the span in which the command was given. */
  readonly traceparent?: string | undefined;
  /** Told of each event that the command leads to, before it is stored: the version that its aggregate will have. */
  readonly wrote?: ((topic: string, key: string, version: number) => void) | undefined;
}

/** The trace id inside a traceparent, or 32 zeros. */
export function traceIdOf(traceparent: string | undefined): string {
  return traceparent?.slice(3, 35) ?? '0'.repeat(32);
}
