import { eventually } from '@tradewind/testing/eventually.ts';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answers, failsFirst, hangs, openSink, type Sink } from '#sink.fixture.ts';
import { showSecret } from '#subscriptions/secret.ts';
import { openWebhooks, type Webhooks } from '#webhooks.fixture.ts';

let webhooks: Webhooks;
let sink: Sink;

beforeAll(async () => {
  webhooks = await openWebhooks();
});
afterAll(() => webhooks.close());
beforeEach(async () => {
  sink = await openSink();
});
afterEach(async () => {
  await webhooks.fresh();
  await sink.close();
});

const onHand = (path: string, productId?: string): number[] =>
  sink
    .at(path)
    .map(({ body }) => (JSON.parse(body) as { payload: { productId: string; onHand: number } }).payload)
    .filter((payload) => productId === undefined || payload.productId === productId)
    .map((payload) => payload.onHand);

const attempts = () =>
  webhooks.rows<{ status: number | null; error: string | null }>(
    'select status, error from webhook_delivery_attempts where store_id = $1 order by at, number',
    [webhooks.tenant],
  );

describe('a delivery', () => {
  it('arrives signed, with the body that is stored, and is told', async () => {
    const { secret } = await webhooks.subscribe(sink.url('/a'));
    const one = webhooks.message('P1', 1);
    await webhooks.instance().apply([one]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 1 }));
    const [received] = sink.received;
    expect(received?.headers).toMatchObject({
      'webhook-id': one.headers['eventId'],
      'x-bv-event': one.headers['eventType'],
      'content-type': 'application/json',
    });
    const event = new Webhook(showSecret(secret)).verify(
      received?.body ?? '',
      received?.headers as Record<string, string>,
    );
    expect(event).toMatchObject({ eventId: one.headers['eventId'], payload: { productId: 'P1', onHand: 1 } });
    expect(await webhooks.told()).toEqual(['delivery.succeeded']);
  });

  it('that comes from Kafka again is not sent again, nor to those who came later', async () => {
    await webhooks.subscribe(sink.url('/a'));
    const { apply } = webhooks.instance();
    const batch = [webhooks.message('P1', 1), webhooks.message('P2', 1)];
    await apply(batch);
    await webhooks.subscribe(sink.url('/late'));
    await apply(batch);
    await webhooks.instance().apply(batch);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 2 }));
    expect(sink.received).toHaveLength(2);
  });

  it('goes to whoever wants its type, in its tenant only', async () => {
    await webhooks.subscribe(sink.url('/all'));
    await webhooks.subscribe(sink.url('/stock'), { eventTypes: ['ecommerce.inventory.*'] });
    await webhooks.subscribe(sink.url('/orders'), { eventTypes: ['ecommerce.order.*'] });
    await webhooks.subscribe(sink.url('/other'), {}, 'STORE-2');
    await webhooks.instance().apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 2 }));
    expect(sink.received.map(({ path }) => path).sort()).toEqual(['/all', '/stock']);
  });

  it('is tried along the schedule, then it has failed and the next of its resource goes', async () => {
    sink.behave('/a', failsFirst(6));
    await webhooks.subscribe(sink.url('/a'));
    await webhooks
      .instance({ timeScale: 0.0001 })
      .apply([webhooks.message('P1', 1), webhooks.message('P1', 2)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 1, FAILED: 1 }));
    expect(onHand('/a')).toEqual([1, 1, 1, 1, 1, 1, 2]);
    expect(new Set(sink.received.slice(0, 6).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await attempts()).map(({ error }) => error)).toEqual([
      ...Array<string>(6).fill('HTTP_500'),
      null,
    ]);
    expect(await webhooks.told()).toEqual(['delivery.failed', 'delivery.succeeded']);
  });

  it('that hangs is over in time; redirects and lost connections are failures', async () => {
    sink.behave('/hangs', hangs);
    sink.behave('/moved', answers(302, { location: sink.url('/elsewhere') }));
    sink.behave('/lost', (_, response) => void response.destroy());
    for (const path of ['/hangs', '/moved', '/lost']) await webhooks.subscribe(sink.url(path));
    await webhooks.subscribe('http://127.0.0.1:1/');
    await webhooks.instance({ timeScale: 1, timeoutMs: 300 }).apply([webhooks.message('P1', 1)]);
    const errors = ['CONNECTION_LOST', 'CONNECTION_REFUSED', 'REDIRECTED', 'TIMEOUT'];
    await eventually(async () => {
      const found = (await attempts()).map(({ error }) => error?.split(':')[0] ?? '').toSorted();
      expect(found).toEqual(errors);
    });
    expect(sink.at('/elsewhere')).toEqual([]);
  });
});

describe('order', () => {
  it('is kept per resource over failures, while other resources of the endpoint go on', async () => {
    const bad = failsFirst(1);
    sink.behave('/a', (one, response) =>
      one.body.includes('"productId":"BAD"') ? bad(one, response) : answers(204)(one, response),
    );
    await webhooks.subscribe(sink.url('/a'));
    const events = [1, 2, 3].flatMap((n) => [webhooks.message('BAD', n), webhooks.message('GOOD', n)]);
    await webhooks.instance({ timeScale: 0.05 }).apply(events);
    await eventually(() => expect(onHand('/a')).toHaveLength(7));
    expect(onHand('/a', 'BAD')).toEqual([1, 1, 2, 3]);
    expect(onHand('/a').slice(-3)).toEqual([1, 2, 3]);
    expect(onHand('/a', 'GOOD')).toEqual([1, 2, 3]);
  });

  it('is kept by several instances at once, each event once', async () => {
    await webhooks.subscribe(sink.url('/a'), {});
    const instances = [webhooks.instance(), webhooks.instance(), webhooks.instance()];
    const products = ['P1', 'P2', 'P3', 'P4'];
    const rounds = Array.from({ length: 20 }, (_, n) => products.map((id) => webhooks.message(id, n)));
    for (const [index, round] of rounds.entries()) await instances[index % 3]?.apply(round);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 80 }));
    for (const id of products) expect(onHand('/a', id)).toEqual(rounds.map((_, n) => n));
  });
});

describe('an endpoint that hangs', () => {
  it('holds nobody else up', async () => {
    sink.behave('/hangs', hangs);
    await webhooks.subscribe(sink.url('/hangs'));
    await webhooks.subscribe(sink.url('/well'));
    const events = Array.from({ length: 50 }, (_, n) => webhooks.message(`P${n}`, n));
    // Less room than the hanging one would take if it got all it wants.
    await webhooks.instance({ timeoutMs: 60_000, leaseMs: 60_000, most: 10 }).apply(events);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 50, PENDING: 50 }));
    expect(sink.at('/well')).toHaveLength(50);
    expect(sink.at('/hangs').length).toBeLessThan(10);
  });

  it('gets single probes once it has failed often, and everything when it is back', async () => {
    let hanging = true;
    let most = 0;
    let open = 0;
    sink.behave('/a', (one, response) => {
      if (!hanging) return answers(204)(one, response);
      most = Math.max(most, ++open);
      response.once('close', () => open--);
    });
    const { subscriptionId } = await webhooks.subscribe(sink.url('/a'));
    await webhooks
      .instance({ timeoutMs: 50 })
      .apply(Array.from({ length: 30 }, (_, n) => webhooks.message(`P${n}`, n)));
    await eventually(async () => {
      const { failures } = await webhooks.store.find(webhooks.tenant, subscriptionId);
      expect(failures).toBeGreaterThan(8);
    });
    expect(most).toBeLessThanOrEqual(4);
    hanging = false;
    await eventually(async () => expect((await webhooks.counts())['PENDING']).toBeUndefined());
    expect(await webhooks.store.find(webhooks.tenant, subscriptionId)).toMatchObject({
      failures: 0,
      failingSince: null,
    });
  });
});

describe('a rate limit', () => {
  it('lets through what it says, over all instances', async () => {
    await webhooks.subscribe(sink.url('/a'), { rateLimit: 5 });
    const [one, two] = [webhooks.instance(), webhooks.instance()];
    const started = performance.now();
    await one.apply(Array.from({ length: 10 }, (_, n) => webhooks.message(`P${n}`, n)));
    await two.apply(Array.from({ length: 5 }, (_, n) => webhooks.message(`Q${n}`, n)));
    await eventually(() => expect(sink.received).toHaveLength(15));
    // A second's worth at once, and the other ten took at least two seconds less what one token takes.
    expect(performance.now() - started).toBeGreaterThan(1_700);
  });
});
