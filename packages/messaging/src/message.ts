/** A message on its way to a topic. Messages with the same key stay in order. */
export interface OutgoingMessage {
  readonly key: string;
  readonly value: Buffer;
  /** Names and values are text (UTF-8). */
  readonly headers: Readonly<Record<string, string>>;
}

/** A message as a consumer receives it. A stored null value (a tombstone) arrives as an empty buffer. */
export interface Message extends OutgoingMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The broker's time of the message, in epoch ms. */
  readonly timestamp: number;
}
