import type { Consumer } from 'kafkajs';

export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read. */
  readonly offset: bigint;
}

/**
 * Commits positions of several partitions in one request: while one is under way, the next ones gather. Twelve partitions
 * that end their batches together then cost the broker one write, not twelve.
 */
export function createCommitter(
  consumer: Pick<Consumer, 'commitOffsets'>,
): (position: Position) => Promise<void> {
  let waiting: { position: Position; settle: PromiseWithResolvers<void> }[] = [];
  let running = false;

  async function flush(): Promise<void> {
    running = true;
    // Batches that end in the same turn of the event loop go together.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const part = waiting;
      waiting = [];
      try {
        await consumer.commitOffsets(
          part.map(({ position }) => ({ ...position, offset: String(position.offset) })),
        );
        part.forEach(({ settle }) => settle.resolve());
      } catch (error) {
        part.forEach(({ settle }) => settle.reject(error));
      }
    }
    running = false;
  }

  return (position) => {
    const settle = Promise.withResolvers<void>();
    waiting.push({ position, settle });
    if (!running) void flush();
    return settle.promise;
  };
}
