import { randomBytes } from 'node:crypto';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods, order, pay, shopper, tryOrder } from './shop.fixture.ts';

interface Effect {
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly at?: number;
  readonly attempts?: readonly { readonly result: string }[];
}
interface TracedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly correlationId: string;
  readonly storedAt: number;
  readonly published?: { readonly topic: string; readonly offset: string; readonly at: number };
  readonly effects: readonly Effect[];
}
interface Lineage {
  readonly subject: { readonly kind: string; readonly status?: string };
  readonly requests: readonly {
    readonly traceId: string;
    readonly spans: readonly { readonly name: string }[];
  }[];
  readonly events: readonly TracedEvent[];
}

const WITHIN = { within: 20_000, every: 300 };

async function lineageOf(id: string): Promise<Lineage> {
  const { code, output, errors } = await tw('trace', id, '--json');
  expect(code, errors).toBe(0);
  return JSON.parse(output) as Lineage;
}

const typed = ({ events }: Lineage, type: string): TracedEvent => {
  const event = events.find(({ eventType }) => eventType === type);
  expect(event, `${type} of ${events.map(({ eventType }) => eventType).join(', ')}`).toBeDefined();
  return event!;
};

describe('tw trace', { timeout: 60_000 }, () => {
  it('shows a paid order from its request to projections and messages, and each of its events alone', async () => {
    const [client, product, traceId] = [await shopper(), await goods(), randomBytes(16).toString('hex')];
    const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
    // A price may take a moment to reach the order service.
    await order(client, product);
    const made = (await tryOrder(client, product, { headers })).body;
    expect((await pay(client, made)).status).toBe(200);
    const lineage = await eventually(async () => {
      const found = await lineageOf(made.orderId);
      expect(found.subject).toMatchObject({ kind: 'order', status: 'PAID' });
      expect(found.requests.find((one) => one.traceId === traceId)?.spans.map(({ name }) => name)).toContain(
        'POST /api/v1/orders',
      );
      const paid = typed(found, 'ecommerce.order.order.paid.v1');
      const states = Object.fromEntries(
        paid.effects.map(({ kind, name, state }) => [`${kind} ${name}`, state]),
      );
      expect(states).toMatchObject({
        'consumer inventory.on-order-paid': 'done',
        'consumer notification.on-order-paid': 'done',
        'projection orders_by_customer': 'done',
        'projection order_status': 'done',
      });
      typed(found, 'ecommerce.inventory.stock.confirmed.v1');
      return found;
    }, WITHIN);
    typed(lineage, 'ecommerce.inventory.stock.reserved.v1');
    for (const { published, storedAt } of lineage.events)
      expect(published?.at).toBeGreaterThanOrEqual(storedAt);

    const { eventId } = typed(lineage, 'ecommerce.order.order.paid.v1');
    const alone = await tw('trace', eventId);
    expect([alone.code, alone.output]).toEqual([
      0,
      expect.stringContaining('consumer     ✓ inventory.on-order-paid'),
    ]);
    expect(alone.output).toContain('ecommerce.inventory.stock.confirmed.v1');
  });

  it('says clearly that it knows no such id', async () => {
    for (const id of ['no-such-order', '01a1fca3-c02b-7d83-8f26-c90ea3a53227']) {
      const { code, errors } = await tw('trace', id);
      expect([code, errors]).toEqual([1, expect.stringContaining(`no order and no event has the id ${id}`)]);
    }
    expect((await tw('trace')).code).toBe(2);
    expect((await tw('trace', '--audit', '--since', 'yesterday')).code).toBe(2);
  });

  it('finds an event whose effect was lost', async () => {
    const { orderId } = await order(await shopper(), await goods());
    const consumer = 'notification.on-order-created';
    const { eventId, effects } = await eventually(async () => {
      const event = typed(await lineageOf(orderId), 'ecommerce.order.order.created.v1');
      expect(event.effects.find(({ name }) => name === consumer)?.state).toBe('done');
      return event;
    }, WITHIN);
    expect(effects.length).toBeGreaterThan(2);
    const lost = async (): Promise<unknown[]> => {
      const { output } = await tw('trace', '--audit', '--since', '5m', '--grace', '0s', '--json');
      const { missing } = JSON.parse(output) as { missing: { eventId: string; by: string; what: string }[] };
      return missing.filter((one) => one.eventId === eventId).map(({ by, what }) => [by, what]);
    };
    const where = 'where consumer = $1 and event_id = $2';
    const gone = await sql('notification', `delete from inbox ${where} returning *`, [consumer, eventId]);
    try {
      expect(await lost()).toEqual([[consumer, 'was not applied']]);
    } finally {
      await sql('notification', 'insert into inbox select * from json_populate_recordset(null::inbox, $1)', [
        JSON.stringify(gone),
      ]);
    }
    expect(await lost()).toEqual([]);
  });
});
