import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';

export interface Item {
  readonly message: OutgoingMessage;
  /** Its place in the publisher's call, reported when it is poison. */
  readonly position: number;
}

export interface LaneOptions {
  readonly send: (messages: readonly OutgoingMessage[]) => Promise<void>;
  readonly isTooLarge: (error: unknown) => boolean;
  /** A send becomes one record batch, which the broker's `message.max.bytes` limits. */
  readonly maxBytes: number;
  readonly maxMessages: number;
}

export interface Lane {
  /** Stores the items after all earlier ones; rejects with PublishError. */
  submit(items: readonly Item[]): Promise<void>;
}

interface Entry {
  left: number;
  resolve(): void;
  reject(error: PublishError): void;
}

const RECORD_OVERHEAD = 80;

export function sizeOf({ key, value, headers }: OutgoingMessage): number {
  let size = RECORD_OVERHEAD + value.length + key.length;
  for (const name in headers) size += name.length + headers[name]!.length + 8;
  return size;
}

/**
 * The way into one partition: one send at a time, what comes meanwhile is merged into the next. A failed send fails
 * everything that waits behind it, because its repetition would come too late: order matters more than the detour.
 */
export function createLane({ send, isTooLarge, maxBytes, maxMessages }: LaneOptions): Lane {
  let queue: (Item & { readonly entry: Entry })[] = [];
  let running = false;
  /** After a batch was too large: so many messages go one by one, to find the one that is. */
  let single = 0;

  function next() {
    if (single > 0) return queue.slice(0, 1);
    let bytes = 0;
    let count = 0;
    while (count < queue.length && count < maxMessages) {
      bytes += sizeOf(queue[count]!.message);
      if (count > 0 && bytes > maxBytes) break;
      count++;
    }
    return queue.slice(0, count);
  }

  function failAll(cause: unknown, poison?: (typeof queue)[number]): void {
    if (poison) {
      poison.entry.reject(
        new PublishError('the broker does not take a message of this size', {
          retryable: false,
          code: 'MESSAGE_TOO_LARGE',
          poison: [poison.position],
          cause,
        }),
      );
    }
    const text = cause instanceof Error ? cause.message : String(cause);
    const failure = new PublishError(`not published: ${text}`, { retryable: true, cause });
    const entries = new Set(queue.map((item) => item.entry));
    queue = [];
    single = 0;
    // For the poisonous entry this is a second, ignored rejection.
    for (const entry of entries) entry.reject(failure);
  }

  async function run(): Promise<void> {
    running = true;
    while (queue.length > 0) {
      const batch = next();
      try {
        await send(batch.map((item) => item.message));
      } catch (error) {
        if (!isTooLarge(error)) failAll(error);
        else if (batch.length === 1) failAll(error, batch[0]);
        else single = batch.length;
        continue;
      }
      queue.splice(0, batch.length);
      if (single > 0) single--;
      for (const { entry } of batch) if (--entry.left === 0) entry.resolve();
    }
    running = false;
  }

  return {
    submit(items) {
      return new Promise((resolve, reject) => {
        const entry: Entry = { left: items.length, resolve, reject };
        for (const item of items) queue.push({ ...item, entry });
        if (!running) void run();
      });
    },
  };
}
