import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@tradewind/outbox/logger.ts';
import { hasRole, type Principal } from '@tradewind/service/principal.ts';
import type { OrderChannel } from '#push/order-channel.ts';
import type { OrderStatus } from '#push/status-change.ts';
import type { CustomerWatcher, WatchedOrders } from '#push/watched-orders.ts';
import type { ClientMessage } from './client-messages.ts';

/** How long an order that is not there yet, as its event is on its way, is looked for; an order of others seems no sooner missing. */
const LOOK_UP = { forMs: 1_500, everyMs: 150 };
/** The same while events are late: the client was told by REST that its order exists. */
const PATIENT = { forMs: 20_000, everyMs: 500 };

export interface OrderClientOptions {
  readonly principal: Principal;
  readonly orders: WatchedOrders;
  readonly maxSubscriptions: number;
  readonly log: Log;
  /** Whether orders are known later than usual. */
  late(): boolean;
  readonly lookUp?: typeof LOOK_UP;
  readonly patient?: typeof LOOK_UP;
  /** Sends a frame, unless the connection is closing. */
  send(frame: Buffer): void;
}

/** What one client of `/ws/orders` watches. */
export interface OrderClient {
  handle(message: ClientMessage): Promise<void>;
  close(): void;
}

const frame = (message: object): Buffer => Buffer.from(JSON.stringify(message));
const PONG = frame({ type: 'pong' });

export function orderClient({
  principal,
  orders,
  lookUp = LOOK_UP,
  patient = PATIENT,
  ...options
}: OrderClientOptions): OrderClient {
  const { storeId, sub } = principal;
  /** Orders that were asked for by their id; true once they are watched. */
  const asked = new Map<string, boolean>();
  const watched = new Map<string, OrderChannel>();
  const acknowledged = new Map<string, number>();
  let me = false;
  let closed = false;

  const { send } = options;
  const refuse = (code: string, about: object): void => send(frame({ type: 'error', code, ...about }));
  const mayWatch = ({ userId }: OrderStatus): boolean =>
    userId === sub || hasRole(principal, 'ADMIN', 'MERCHANT', 'SERVICE');

  const watcher: CustomerWatcher = {
    send,
    joinOwn(channel, after) {
      if (me && !closed && !watched.has(channel.orderId)) watch(channel, after);
    },
  };

  function watch(channel: OrderChannel, after: number | undefined): void {
    watched.set(channel.orderId, channel);
    channel.join(watcher, after);
  }

  function leave(channel: OrderChannel): void {
    watched.delete(channel.orderId);
    acknowledged.delete(channel.orderId);
    channel.leave(watcher);
    orders.release(channel);
  }

  /** Answers what the question has come to; settled: watched, or no longer asked for. */
  function take(
    orderId: string,
    after: number | undefined,
    status: OrderStatus | undefined,
    channel: OrderChannel,
  ): 'settled' | 'missing' | 'foreign' {
    if (closed || !asked.has(orderId)) return 'settled';
    if (!status) return 'missing';
    if (!mayWatch(status)) return 'foreign';
    asked.set(orderId, true);
    send(frame({ type: 'subscribed', orderId }));
    watch(channel, after ?? acknowledged.get(orderId));
    return 'settled';
  }

  async function subscribe(orderId: string, after: number | undefined): Promise<void> {
    // Each question is settled by itself: the same one twice at once gets two answers.
    if (!asked.has(orderId) && asked.size >= options.maxSubscriptions)
      return refuse('TOO_MANY_SUBSCRIPTIONS', { orderId });
    if (!asked.has(orderId)) asked.set(orderId, false);
    const begun = performance.now();
    const within = ({ forMs }: { forMs: number }): boolean => performance.now() < begun + forMs;
    let late = false;
    do {
      const found = await orders.open(storeId, orderId, (status, channel) =>
        take(orderId, after, status, channel),
      );
      if (found === 'settled') return;
      late = found === 'missing' && options.late();
      await pause(within(lookUp) ? lookUp.everyMs : patient.everyMs);
    } while (within(late ? patient : lookUp) && !closed);
    if (asked.get(orderId) === false) asked.delete(orderId);
    // Nobody can say that an order does not exist while its event may be on its way.
    refuse(late ? 'UNAVAILABLE' : 'NOT_FOUND', { orderId });
  }

  async function subscribeOwn(): Promise<void> {
    me = true;
    await orders.watchCustomer(storeId, sub, watcher, () =>
      send(frame({ type: 'subscribed', channel: 'me' })),
    );
  }

  function unsubscribe(orderId: string): void {
    const channel = watched.get(orderId);
    const own = me && asked.get(orderId) !== true;
    asked.delete(orderId);
    if (channel && !own) leave(channel);
    send(frame({ type: 'unsubscribed', orderId }));
  }

  function unsubscribeOwn(): void {
    me = false;
    orders.leaveCustomer(storeId, sub, watcher);
    for (const channel of watched.values()) if (asked.get(channel.orderId) !== true) leave(channel);
    send(frame({ type: 'unsubscribed', channel: 'me' }));
  }

  function acknowledge(orderId: string, version: number): void {
    if (!watched.has(orderId)) return refuse('NOT_SUBSCRIBED', { orderId });
    acknowledged.set(orderId, Math.max(version, acknowledged.get(orderId) ?? 0));
  }

  async function carryOut(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'subscribe':
        return 'channel' in message ? subscribeOwn() : subscribe(message.orderId, message.version);
      case 'unsubscribe':
        return 'channel' in message ? unsubscribeOwn() : unsubscribe(message.orderId);
      case 'ack':
        return acknowledge(message.orderId, message.version);
      case 'ping':
        return send(PONG);
      default:
        return message satisfies never;
    }
  }

  return {
    async handle(message) {
      try {
        await carryOut(message);
      } catch (error) {
        options.log.warn({ error: String(error) }, 'a message of a client could not be carried out');
        const about = 'orderId' in message ? { orderId: message.orderId } : {};
        if ('orderId' in message && asked.get(message.orderId) === false) asked.delete(message.orderId);
        refuse('UNAVAILABLE', about);
      }
    },
    close() {
      closed = true;
      if (me) orders.leaveCustomer(storeId, sub, watcher);
      for (const channel of watched.values()) leave(channel);
    },
  };
}
