import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@tradewind/outbox/logger.ts';
import { orderChannel, type OrderChannel, type Watcher } from './order-channel.ts';
import type { OrderStatus, StatusChange } from './status-change.ts';
import type { StatusQueries } from './status-queries.ts';

export interface WatchedOrdersOptions {
  readonly statuses: StatusQueries;
  readonly log: Log;
  onTold(change: StatusChange, clients: number): void;
}

/** All orders that clients of this instance watch. */
export interface WatchedOrders {
  readonly size: number;
  /** A change out of the stream. */
  hint(storeId: string, orderId: string, userId: string, change: StatusChange): void;
  /**
   * Reads the order; `join` decides with what was read, in the same turn, whether to take the channel. Answers what it did.
   */
  open<T>(
    storeId: string,
    orderId: string,
    take: (status: OrderStatus | undefined, channel: OrderChannel) => T,
  ): Promise<T>;
  /**
   * Watches whatever belongs to a customer. Calls `known` once its orders are, and in the same turn joins them, oldest first;
   * tells of none before.
   */
  watchCustomer(storeId: string, userId: string, watcher: CustomerWatcher, known: () => void): Promise<void>;
  leaveCustomer(storeId: string, userId: string, watcher: CustomerWatcher): void;
  /** To be called when a watcher has left: channels without any are forgotten. */
  release(channel: OrderChannel): void;
  /** Reads every watched order again, in few queries: for whoever may have missed hints. */
  resync(): Promise<void>;
}

export interface CustomerWatcher extends Watcher {
  /**
   * An order of the customer has changed that may be new to this client.
   * @param after the version behind which changes are told; undefined: the current status only
   */
  joinOwn(channel: OrderChannel, after: number | undefined): void;
}

const CUSTOMER_ORDERS = 200;
/** Orders of customers that were made while hints were lost are found by a resync within this time. */
const RESYNC_MINUTES = 15;
/** Of a customer's orders, before the client is told of them. */
const MOST_READS = 3;
const CHUNK = 500;
const RETRY_MS = { first: 50, most: 2_000 };

export function watchedOrders({ statuses, log, onTold }: WatchedOrdersOptions): WatchedOrders {
  const channels = new Map<string, OrderChannel>();
  const customers = new Map<string, Customer>();
  const filling = new Set<OrderChannel>();
  /** Reads on their way, whose channel must stay although nobody has joined yet. */
  const opening = new Map<OrderChannel, number>();
  let resyncing: Promise<void> | undefined;
  let again = false;

  function channelOf(storeId: string, orderId: string): OrderChannel {
    const key = keyOf(storeId, orderId);
    const known = channels.get(key);
    if (known) return known;
    const made = orderChannel(storeId, orderId, onTold);
    channels.set(key, made);
    return made;
  }

  function release(channel: OrderChannel): void {
    if (channel.watchers.size > 0 || opening.has(channel)) return;
    channels.delete(keyOf(channel.storeId, channel.orderId));
  }

  function forget(key: string, { watchers, opening }: Customer): void {
    if (watchers.size === 0 && opening.size === 0) customers.delete(key);
  }

  /** A gap closes once the projection has what is missing. */
  async function fill(channel: OrderChannel): Promise<void> {
    if (filling.has(channel)) return;
    filling.add(channel);
    for (let wait = RETRY_MS.first; channel.behind && channel.watchers.size > 0;) {
      try {
        const status = await statuses.find(channel.storeId, channel.orderId);
        if (status) channel.read(status);
      } catch (error) {
        log.warn({ error: String(error) }, 'a gap could not be filled; it is tried again');
      }
      if (!channel.behind) break;
      await pause(wait);
      wait = Math.min(wait * 2, RETRY_MS.most);
    }
    filling.delete(channel);
  }

  async function open<T>(
    storeId: string,
    orderId: string,
    take: (status: OrderStatus | undefined, channel: OrderChannel) => T,
  ): Promise<T> {
    // The channel is there before the read, so that hints that come meanwhile are not lost.
    const channel = channelOf(storeId, orderId);
    opening.set(channel, (opening.get(channel) ?? 0) + 1);
    try {
      const status = await statuses.find(storeId, orderId);
      if (status) channel.read(status);
      return take(status, channel);
    } finally {
      const left = (opening.get(channel) ?? 1) - 1;
      if (left > 0) opening.set(channel, left);
      else opening.delete(channel);
      release(channel);
      if (channel.behind) void fill(channel);
    }
  }

  /** Clients that know their customer's orders; those that are about to are told to read this one again. */
  function watchersOf(storeId: string, userId: string, orderId: string): ReadonlySet<CustomerWatcher> {
    const customer = customers.get(keyOf(storeId, userId));
    for (const missed of customer?.opening.values() ?? []) missed.add(orderId);
    return customer?.watchers ?? nobody;
  }

  /** A customer's orders; `missed` keeps those that were told of after their read: what came before needs no telling. */
  async function readOrders(
    storeId: string,
    userId: string,
    missed: Set<string>,
  ): Promise<readonly OrderStatus[]> {
    const found = new Map<string, OrderStatus>();
    const keep = (orders: readonly OrderStatus[]) => orders.forEach((one) => found.set(one.orderId, one));
    keep(await statuses.newestOf(storeId, userId, CUSTOMER_ORDERS));
    // Somebody who orders all the time is told of something during every read.
    for (let reads = 1; missed.size > 0 && reads < MOST_READS; reads++) {
      const orderIds = [...missed];
      missed.clear();
      keep(await statuses.findAll(storeId, orderIds));
    }
    return [...found.values()];
  }

  /** Reads an order for clients that may not know it; told are those that watch it already, too. */
  function joinLater(storeId: string, orderId: string, join: (channel: OrderChannel) => void): void {
    open(storeId, orderId, (_status, channel) => join(channel)).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'an order was not told to its customer; the next sweep does'),
    );
  }

  function tellCustomers(storeId: string, userId: string, orderId: string, first: boolean): void {
    const own = watchersOf(storeId, userId, orderId);
    if (own.size === 0) return;
    const joinAll = (channel: OrderChannel, after?: number): void =>
      own.forEach((watcher) => watcher.joinOwn(channel, after));
    // A new order needs no read. Another client's read may be ahead of this hint: whoever was there before sees it all.
    if (first) return joinAll(channelOf(storeId, orderId), 0);
    if ([...own].every((watcher) => channels.get(keyOf(storeId, orderId))?.watchers.has(watcher))) return;
    joinLater(storeId, orderId, joinAll);
  }

  async function resyncOrders(): Promise<void> {
    for (const [storeId, own] of Map.groupBy(channels.values(), (channel) => channel.storeId)) {
      for (let at = 0; at < own.length; at += CHUNK) {
        const ids = own.slice(at, at + CHUNK).map(({ orderId }) => orderId);
        for (const status of await statuses.findAll(storeId, ids))
          channels.get(keyOf(storeId, status.orderId))?.read(status);
      }
    }
  }

  async function resyncCustomers(): Promise<void> {
    for (const [storeId, own] of Map.groupBy(customers.values(), (customer) => customer.storeId)) {
      for (let at = 0; at < own.length; at += CHUNK) {
        const userIds = own.slice(at, at + CHUNK).map(({ userId }) => userId);
        for (const status of await statuses.changedOf(storeId, userIds, RESYNC_MINUTES)) {
          const channel = channelOf(storeId, status.orderId);
          channel.read(status);
          // Whoever missed its hints misses none of its changes.
          for (const watcher of watchersOf(storeId, status.userId, status.orderId))
            watcher.joinOwn(channel, 0);
          release(channel);
        }
      }
    }
  }

  async function resyncWhileAsked(): Promise<void> {
    while (again) {
      again = false;
      await resyncOrders();
      await resyncCustomers();
    }
  }

  return {
    get size() {
      return channels.size;
    },
    open,
    release,
    hint(storeId, orderId, userId, change) {
      tellCustomers(storeId, userId, orderId, change.previous === 0);
      const channel = channels.get(keyOf(storeId, orderId));
      if (!channel) return;
      channel.hint(change);
      if (channel.behind) void fill(channel);
    },
    async watchCustomer(storeId, userId, watcher, known) {
      const key = keyOf(storeId, userId);
      const own = customers.get(key) ?? { storeId, userId, watchers: new Set(), opening: new Map() };
      customers.set(key, own);
      const missed = new Set<string>();
      own.opening.set(watcher, missed);
      try {
        const orders = await readOrders(storeId, userId, missed);
        // It has left, or asked again.
        if (own.opening.get(watcher) !== missed) return;
        own.watchers.add(watcher);
        known();
        for (const status of orders) {
          const channel = channelOf(storeId, status.orderId);
          channel.read(status);
          watcher.joinOwn(channel, undefined);
          release(channel);
        }
        for (const orderId of missed)
          joinLater(storeId, orderId, (channel) => watcher.joinOwn(channel, undefined));
      } finally {
        if (own.opening.get(watcher) === missed) own.opening.delete(watcher);
        forget(key, own);
      }
    },
    leaveCustomer(storeId, userId, watcher) {
      const key = keyOf(storeId, userId);
      const own = customers.get(key);
      if (!own) return;
      own.watchers.delete(watcher);
      own.opening.delete(watcher);
      forget(key, own);
    },
    resync() {
      // What is asked for while one runs may concern what that one has passed already.
      again = true;
      resyncing ??= resyncWhileAsked().finally(() => {
        resyncing = undefined;
      });
      return resyncing;
    },
  };
}

/** No id holds this character. */
const keyOf = (storeId: string, id: string): string => `${storeId}\0${id}`;

const nobody: ReadonlySet<CustomerWatcher> = new Set();

interface Customer {
  readonly storeId: string;
  readonly userId: string;
  readonly watchers: Set<CustomerWatcher>;
  /** Clients whose orders are being read, and which of these were told of meanwhile. */
  readonly opening: Map<CustomerWatcher, Set<string>>;
}
