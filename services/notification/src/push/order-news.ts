import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@tradewind/outbox/logger.ts';
import { type ChangeStream, compareIds, type Entry, isEntryId } from './change-stream.ts';
import { eventOf, type EventStream, placeOf, resetEvent } from './sse/stream.ts';
import type { StatusChange } from './status-change.ts';
import type { StatusQueries } from './status-queries.ts';

/** The clients of `/sse/orders` of this instance: every change of every order of their tenant. */
export interface OrderNewsDesk {
  join(storeId: string, stream: EventStream, lastEventId: string | undefined): Promise<void>;
  /** Entries of the change stream, in its order. */
  entries(entries: readonly Entry[]): void;
  /** Changes may be missing: clients are told so, and get the state of now. */
  lost(): void;
}

export interface OrderNewsOptions {
  readonly stream: Pick<ChangeStream, 'after'>;
  readonly statuses: StatusQueries;
  /** Id of the last entry that `entries` has been given. */
  position(): string;
  readonly log: Log;
  onSent(clients: number): void;
}

const BATCH = 1_000;
const RETRY_MS = 500;
/** The current state, where there is no going on from an id: what changed within the last hour, the newest of it. */
const STATE = { minutes: 60, orders: 1_000 };

interface Reader {
  readonly stream: EventStream;
  /** Entries up to this one it knows already: it was told them by an instance that is ahead of this one. */
  ahead: string | undefined;
}

export function orderNewsDesk(options: OrderNewsOptions): OrderNewsDesk {
  const { stream: changes, statuses, position, log, onSent } = options;
  const desks = new Map<string, Set<Reader>>();

  async function stateOf(storeId: string): Promise<string> {
    const orders = await statuses.changed(storeId, STATE.minutes, STATE.orders);
    return orders
      .flatMap(({ orderId, userId, changes: known }) => {
        const last = known.at(-1);
        return last ? [textOf(orderId, userId, last)] : [];
      })
      .join('');
  }

  /** Sends the state of now to a client that is about to join; answers the place in the stream that it belongs to. */
  async function sendState(storeId: string, stream: EventStream): Promise<string> {
    const place = position();
    stream.send(await stateOf(storeId));
    stream.send(placeOf(place));
    return place;
  }

  /** Goes on after an id; undefined where the stream no longer has it. */
  async function catchUp(storeId: string, stream: EventStream, from: string): Promise<string | undefined> {
    for (let at = from; ;) {
      // Without Redis there is no going on from an id, and no reason to wait either.
      const found = await changes.after(at, BATCH).catch(() => undefined);
      if (found === undefined) return undefined;
      // What comes after the position is sent to all that have joined by then.
      const due = found.filter(({ id }) => compareIds(id, position()) <= 0);
      for (const entry of due) if (entry.hint.storeId === storeId) stream.send(entryText(entry));
      at = due.at(-1)?.id ?? at;
      if (compareIds(at, position()) >= 0 || stream.closed) return at;
      if (due.length === 0) return undefined;
    }
  }

  async function join(storeId: string, stream: EventStream, lastEventId: string | undefined): Promise<void> {
    let place = lastEventId === undefined ? position() : undefined;
    // Who is cut off before the first news can still go on from here.
    if (place !== undefined) stream.send(placeOf(place));
    if (lastEventId !== undefined && isEntryId(lastEventId))
      place = await catchUp(storeId, stream, lastEventId);
    if (lastEventId !== undefined && place === undefined) {
      stream.send(resetEvent('UNKNOWN_ID'));
      place = await sendState(storeId, stream);
      // What was told meanwhile was told without this client.
      if (place !== position()) place = (await catchUp(storeId, stream, place)) ?? position();
    }
    if (stream.closed) return;
    const desk = desks.get(storeId) ?? new Set();
    const reader: Reader = { stream, ahead: place };
    desks.set(storeId, desk.add(reader));
    stream.onClose(() => {
      desk.delete(reader);
      if (desk.size === 0 && desks.get(storeId) === desk) desks.delete(storeId);
    });
  }

  return {
    async join(storeId, stream, lastEventId) {
      while (!stream.closed) {
        try {
          return await join(storeId, stream, lastEventId);
        } catch (error) {
          log.warn({ error: String(error) }, 'a client of the orders waits');
          await pause(RETRY_MS);
        }
      }
    },
    entries(entries) {
      if (desks.size === 0) return;
      for (const entry of entries) {
        const desk = desks.get(entry.hint.storeId);
        if (!desk || !('change' in entry.hint)) continue;
        const bytes = Buffer.from(entryText(entry));
        for (const reader of desk) {
          if (reader.ahead !== undefined && compareIds(entry.id, reader.ahead) <= 0) continue;
          reader.ahead = undefined;
          reader.stream.send(bytes);
        }
        onSent(desk.size);
      }
    },
    lost() {
      for (const [storeId, desk] of desks) {
        stateOf(storeId)
          .then((state) => {
            const text = resetEvent('HISTORY_LOST') + state + placeOf(position());
            for (const { stream } of desk) stream.send(text);
          })
          .catch((error: unknown) => log.warn({ error: String(error) }, 'the state was not told'));
      }
    },
  };
}

const entryText = ({ id, hint }: Entry): string =>
  'change' in hint ? textOf(hint.orderId, hint.userId, hint.change, id) : '';

function textOf(orderId: string, userId: string, change: StatusChange, id?: string): string {
  const { status, version, occurredAt, eventId } = change;
  return eventOf(
    'order.status',
    JSON.stringify({ orderId, userId, status, version, occurredAt, eventId }),
    id,
  );
}
