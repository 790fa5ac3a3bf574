import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { goods, order, pay, shopper, tryOrder } from './shop.fixture.ts';
import { home } from './stack.fixture.ts';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
}

async function spansOf(traceId: string): Promise<Span[]> {
  const folder = join(home, 'traces');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes(traceId))
    .map((line) => JSON.parse(line) as Span);
}

/** `service name` of a span's ancestors, nearest first. */
function ancestors(spans: readonly Span[], span: Span): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [] : [`${parent.service} ${parent.name}`, ...ancestors(spans, parent)];
}

function sampled(): { traceId: string; traceparent: string } {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
}

const POST = 'order POST /api/v1/orders';

describe('a sampled POST /orders', () => {
  it('is one trace: the request, the reservation over gRPC, the events on their way to Kafka', async () => {
    const [client, product, { traceId, traceparent }] = [await shopper(), await goods(), sampled()];
    await order(client, product);
    expect((await tryOrder(client, product, { headers: { traceparent } })).status).toBe(201);
    await eventually(async () => {
      const spans = await spansOf(traceId);
      const find = (service: string, name: RegExp): Span => {
        const span = spans.find((one) => one.service === service && name.test(one.name));
        expect(
          span,
          `${service} ${name} in ${spans.map((one) => `${one.service} ${one.name}`).join(', ')}`,
        ).toBeDefined();
        return span!;
      };
      expect(ancestors(spans, find('order', /^ReserveStock$/))).toContain(POST);
      const reserving = find('inventory', /Reserve/);
      expect(ancestors(spans, reserving)).toEqual(expect.arrayContaining(['order ReserveStock', POST]));
      expect(ancestors(spans, find('order', /^publish ecommerce\.order\.order$/))).toContain(POST);
      expect(ancestors(spans, find('inventory', /^publish ecommerce\.inventory\.stock$/))).toContain(POST);
    });
  });

  it('shows its trace id in the event and in a problem', async () => {
    const [client, { traceId, traceparent }] = [await shopper(), sampled()];
    const refused = await tryOrder(client, { productId: 'none' }, { headers: { traceparent } });
    expect((refused.body as unknown as { traceId: string }).traceId).toBe(traceId);
  });
});

describe('a sampled payment', () => {
  it('goes on into the consumer of order.paid', async () => {
    const [client, product, { traceId, traceparent }] = [await shopper(), await goods(), sampled()];
    const made = await order(client, product);
    const path = `/api/v1/orders/${made.orderId}/pay`;
    const paid = await client.post(
      path,
      {},
      { idempotencyKey: `trace-${traceId}`, headers: { traceparent } },
    );
    expect(paid.status).toBe(200);
    await eventually(async () => {
      const spans = await spansOf(traceId);
      const process = spans.find(
        ({ service, name }) => service === 'inventory' && name.startsWith('process inventory.'),
      );
      expect(process, spans.map(({ service, name }) => `${service} ${name}`).join(', ')).toBeDefined();
      const lineage = ancestors(spans, process!);
      expect(lineage).toContain('order publish ecommerce.order.order');
      expect(lineage.some((name) => name.startsWith('order POST /api/v1/orders/'))).toBe(true);
      expect(
        spans.some(({ service, name }) => service === 'payment-adapter' && name.startsWith('POST')),
      ).toBe(true);
    });
  });

  it('leaves no mark of an unsampled one', async () => {
    const [client, product] = [await shopper(), await goods()];
    await order(client, product);
    const traceId = randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-00`;
    const made = await tryOrder(client, product, { headers: { traceparent } });
    expect((await pay(client, made.body)).status).toBe(200);
    expect(await spansOf(traceId)).toEqual([]);
  });
});
