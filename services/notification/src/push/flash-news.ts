import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically } from '@tradewind/outbox/periodically.ts';
import type { Component } from '@tradewind/service/start.ts';
import type { FlashFeed, FlashRow } from './flash-feed.ts';
import { eventOf, type EventStream, placeOf, resetEvent } from './sse/stream.ts';

/** The clients of `/sse/flash-sales` of this instance. */
export interface FlashNewsDesk extends Component {
  /** First what the client missed, or what runs now; from then on all news. */
  join(storeId: string, stream: EventStream, lastEventId: string | undefined): Promise<void>;
  /** A hint that the tenant's feed has grown. */
  wake(storeId: string): void;
}

interface Reader {
  readonly stream: EventStream;
  /** Nothing up to here is sent again. */
  seen: bigint;
}

interface Desk {
  readonly readers: Set<Reader>;
  last: bigint;
  reading: Promise<void> | undefined;
  again: boolean;
}

/** A hint may be lost; then the news come this much later. */
const POLL_MS = 1_000;
const BATCH = 1_000;
const RETRY_MS = 500;
const ID = /^\d{1,18}$/;

const textOf = ({ id, event, data }: FlashRow): string => eventOf(event, data, String(id));

export function flashNewsDesk(options: {
  readonly feed: FlashFeed;
  readonly log: Log;
  onSent(clients: number): void;
}): FlashNewsDesk {
  const { feed, log, onSent } = options;
  const desks = new Map<string, Desk>();

  /** Reads what is new for a tenant, once for all of its clients. */
  async function read(storeId: string, desk: Desk): Promise<void> {
    do {
      desk.again = false;
      const rows = await feed.after(storeId, desk.last, BATCH);
      for (const row of rows) {
        const bytes = Buffer.from(textOf(row));
        desk.last = row.id;
        for (const reader of desk.readers) {
          if (reader.seen >= row.id) continue;
          reader.seen = row.id;
          reader.stream.send(bytes);
        }
        onSent(desk.readers.size);
      }
      if (rows.length === BATCH) desk.again = true;
    } while (desk.again && desk.readers.size > 0);
  }

  function wake(storeId: string): void {
    const desk = desks.get(storeId);
    if (!desk || desk.readers.size === 0) return;
    desk.again = true;
    desk.reading ??= read(storeId, desk)
      .catch((error: unknown) => log.warn({ error: String(error) }, 'news of flash sales could not be read'))
      .finally(() => {
        desk.reading = undefined;
      });
  }

  function deskOf(storeId: string): Desk {
    const known = desks.get(storeId);
    if (known) return known;
    const made: Desk = { readers: new Set(), last: 0n, reading: undefined, again: false };
    desks.set(storeId, made);
    return made;
  }

  /** What a client is told before the news; answers how far that reaches. */
  async function catchUp(
    storeId: string,
    stream: EventStream,
    lastEventId: string | undefined,
  ): Promise<bigint> {
    if (lastEventId !== undefined) {
      const rows = ID.test(lastEventId) ? await feed.resume(storeId, BigInt(lastEventId)) : undefined;
      if (rows) {
        for (const row of rows) stream.send(textOf(row));
        return rows.at(-1)?.id ?? BigInt(lastEventId);
      }
      stream.send(resetEvent('UNKNOWN_ID'));
    }
    const { head, rows } = await feed.running(storeId);
    for (const row of rows) stream.send(textOf(row));
    stream.send(placeOf(String(head)));
    return head;
  }

  async function join(storeId: string, stream: EventStream, lastEventId: string | undefined): Promise<void> {
    const reader: Reader = { stream, seen: await catchUp(storeId, stream, lastEventId) };
    let desk = deskOf(storeId);
    // What others were told meanwhile is read before this one joins them.
    while (desk.readers.size > 0 && reader.seen < desk.last) {
      const rows = await feed.after(storeId, reader.seen, BATCH);
      for (const row of rows) stream.send(textOf(row));
      reader.seen = rows.at(-1)?.id ?? desk.last;
      desk = deskOf(storeId);
    }
    if (stream.closed) return;
    // Nobody else reads for this tenant: its news begin where this client is.
    if (desk.readers.size === 0) desk.last = reader.seen;
    const joined = desk;
    joined.readers.add(reader);
    stream.onClose(() => {
      joined.readers.delete(reader);
      if (joined.readers.size === 0 && desks.get(storeId) === joined) desks.delete(storeId);
    });
    wake(storeId);
  }

  const polls = periodically({
    name: 'flash news',
    everyMs: POLL_MS,
    log,
    round: async () => {
      for (const storeId of desks.keys()) wake(storeId);
    },
  });

  return {
    name: polls.name,
    start: () => polls.start(),
    stop: () => polls.stop(),
    wake,
    async join(storeId, stream, lastEventId) {
      while (!stream.closed) {
        try {
          return await join(storeId, stream, lastEventId);
        } catch (error) {
          log.warn({ error: String(error) }, 'a client of the flash sales waits for the database');
          await pause(RETRY_MS);
        }
      }
    },
  };
}
