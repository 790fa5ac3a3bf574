import { backlog, emptyFeed, isBehind, onHint, onRead, type OrderFeed, type Step } from './order-feed.ts';
import type { OrderStatus, StatusChange } from './status-change.ts';

/** A client of orders, as the channels see it. */
export interface Watcher {
  /** A frame that is ready to be sent, shared by all clients of the order. */
  send(frame: Buffer): void;
}

/** One order that clients of this instance watch. */
export interface OrderChannel {
  readonly storeId: string;
  readonly orderId: string;
  readonly watchers: ReadonlySet<Watcher>;
  /** True while something before a hint is missing. */
  readonly behind: boolean;
  hint(change: StatusChange): void;
  read(status: OrderStatus): void;
  /** From here on the watcher is told every change; first the current status, or all after the version that it knows. */
  join(watcher: Watcher, after: number | undefined): void;
  leave(watcher: Watcher): void;
}

/** @param onTold for metrics: a change went to this many clients */
export function orderChannel(
  storeId: string,
  orderId: string,
  onTold: (change: StatusChange, clients: number) => void,
): OrderChannel {
  const watchers = new Set<Watcher>();
  let feed: OrderFeed = emptyFeed;

  function take(step: Step): void {
    feed = step.feed;
    for (const change of step.told) {
      const frame = frameOf(orderId, change);
      for (const watcher of watchers) watcher.send(frame);
      if (watchers.size > 0) onTold(change, watchers.size);
    }
  }

  return {
    storeId,
    orderId,
    watchers,
    get behind() {
      return isBehind(feed);
    },
    hint: (change) => take(onHint(feed, change)),
    read: (status) => take(onRead(feed, status.changes)),
    join(watcher, after) {
      for (const change of backlog(feed, after)) watcher.send(frameOf(orderId, change));
      watchers.add(watcher);
    },
    leave: (watcher) => void watchers.delete(watcher),
  };
}

function frameOf(orderId: string, { status, version, occurredAt, eventId }: StatusChange): Buffer {
  return Buffer.from(JSON.stringify({ type: 'order.status', orderId, status, version, occurredAt, eventId }));
}
