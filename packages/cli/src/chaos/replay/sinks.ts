import { setTimeout as pause } from 'node:timers/promises';
import { apiAs } from '#api.ts';
import type { Heard } from '#chaos/brokers/partner-oracle.ts';
import type { Broken } from '#chaos/checks.ts';
import { buyerName } from '#chaos/load.ts';
import type { Scene } from '#chaos/scene.ts';

/** What has arrived outside: nothing of it may come of a replay. */
export interface Sinks {
  /** Captures in the payment gateway's own book. */
  readonly charges: number;
  /** Calls that any carrier got. */
  readonly carrierCalls: number;
  /** Mails, SMS, pushes of the buyers. */
  readonly messages: number;
}

/** The same, as our own books and the log explain it. */
export interface Explained {
  readonly charges: number;
  readonly messages: number;
  /** Events of orders that were published meanwhile. */
  readonly orderEvents: readonly string[];
  readonly ordersCreated: number;
}

/** Each buyer says where mail goes, so that there is something to be sent twice. */
export async function giveAddresses(seed: number, clients: number): Promise<void> {
  for (let client = 0; client < clients; client++) {
    const sub = buyerName(seed, client);
    const buyer = await apiAs({ sub, roles: ['CUSTOMER'], storeId: 'STORE-1' });
    await buyer.send('PUT', '/notifications/preferences', { email: `${sub}@example.org` });
  }
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}

export async function readSinks({ endpoints }: Scene, seed: number): Promise<Sinks> {
  const { services } = endpoints;
  const [book, calls, mails] = await Promise.all([
    ask<{ totals: { captures: number }[] }>(`${services['payment-gateway']}/book`),
    ask<{ calls: unknown[] }>(`${services['carriers']}/_control/calls`),
    ask<{ items: { to: string }[] }>(`${services['mailbox']}/messages`),
  ]);
  return {
    charges: book.totals.reduce((sum, { captures }) => sum + captures, 0),
    carrierCalls: calls.calls.length,
    messages: mails.items.filter(({ to }) => to.startsWith(`chaos-${seed}-`)).length,
  };
}

const sent = `
  select count(*)::int as count from notification_deliveries d join notifications n using (store_id, notification_id)
  where d.status = 'SENT' and n.recipient like $1`;
const captured = `select count(*)::int as count from payment_ledger where kind = 'CAPTURE'`;

/** Our own books: what orders have led to. */
export async function readBooks(
  { stack }: Scene,
  seed: number,
): Promise<{ charges: number; messages: number }> {
  const [charges, messages] = await Promise.all([
    stack.query<{ count: number }>('payment_adapter', captured),
    stack.query<{ count: number }>('notification', sent, [`chaos-${seed}-%`]),
  ]);
  return { charges: charges[0]?.count ?? 0, messages: messages[0]?.count ?? 0 };
}

/** Pure. Everything that arrived has a cause of its own, and came once. */
export function sinkProblems(
  before: Sinks,
  after: Sinks,
  explained: Explained,
  heard: readonly Heard[],
  acknowledgedOrders: number,
): Broken[] {
  const problem = (subject: string, got: number, wanted: number): Broken[] =>
    got === wanted
      ? []
      : [{ rule: 'side effect', subject, what: `${got} arrived, orders alone explain ${wanted}` }];
  const took = Map.groupBy(heard, ({ eventId }) => eventId);
  const published = new Set(explained.orderEvents);
  const strange = [...took.keys()].filter((id) => !published.has(id));
  const repeated = [...took].filter(([, times]) => times.length > 1).map(([id]) => id);
  return [
    ...problem('charges at the payment gateway', after.charges - before.charges, explained.charges),
    ...problem('messages in mailboxes', after.messages - before.messages, explained.messages),
    ...problem('calls at carriers', after.carrierCalls - before.carrierCalls, 0),
    ...problem('order events', explained.ordersCreated, acknowledgedOrders),
    ...problem('webhooks', took.size, published.size),
    ...strange.map((id) => ({ rule: 'side effect', subject: id, what: 'a webhook of an event from before' })),
    ...repeated.map((id) => ({ rule: 'side effect', subject: id, what: 'the same webhook more than once' })),
  ];
}

const SETTLE_MS = 60_000;
const POLL_MS = 250;

/** Waits until mails are out: their channel has a pace of its own. */
export async function untilSent({ stack }: Scene, seed: number): Promise<void> {
  const open = `
    select 1 from notification_deliveries d join notifications n using (store_id, notification_id)
    where d.status = 'PENDING' and n.recipient like $1 limit 1`;
  for (const end = performance.now() + SETTLE_MS; performance.now() < end; await pause(POLL_MS))
    if ((await stack.query('notification', open, [`chaos-${seed}-%`])).length === 0) return;
}
