import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSink, type Sink } from '#sink.fixture.ts';
import { openWebhooks, type Webhooks } from '#webhooks.fixture.ts';
import type { Resolve } from './guarded-connect.ts';

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

/** A resolver of our own: whatever is asked, nobody else's address is ever connected to. */
const resolvingTo =
  (...addresses: string[]): Resolve =>
  (_, __, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const nowhere: Resolve = (hostname) => {
  throw new Error(`${hostname} should not have been resolved`);
};

const attempt = async () =>
  (
    await webhooks.rows<{ error: string }>(
      'select error from webhook_delivery_attempts where store_id = $1',
      [webhooks.tenant],
    )
  )[0]?.error;

describe('where private targets are not allowed, nothing is sent', () => {
  it.each([
    ...['127.0.0.1', '2130706433', '0x7f000001', '017700000001', '127.1', '0.0.0.0', '[::1]', '[::]'],
    ...[
      '[::ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '[fe80::1]',
      '[fd00::1]',
    ],
    ...['169.254.169.254', '10.0.0.1', 'localhost', 'metadata.google.internal', 'partner.local'],
  ])('to %s', async (host) => {
    await webhooks.subscribe(`http://${host}:${sink.port}/`);
    await webhooks.instance({ allowPrivate: false, resolve: nowhere }).apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ REFUSED: 1 }));
    expect(await attempt()).toMatch(/^TARGET_REFUSED: /);
    expect(sink.connections).toBe(0);
    expect(await webhooks.told()).toEqual(['delivery.failed']);
  });

  it.each([
    [['127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['2606:4700::1111', '::ffff:127.0.0.1']],
    [['169.254.169.254']],
  ])('to a name that leads to %s', async (addresses) => {
    await webhooks.subscribe(`http://partner.example:${sink.port}/`);
    const resolve = resolvingTo(...addresses);
    await webhooks.instance({ allowPrivate: false, resolve }).apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ REFUSED: 1 }));
    expect(sink.connections).toBe(0);
  });

  it('to a port of another protocol', async () => {
    await webhooks.subscribe('http://partner.example:6379/');
    await webhooks.instance({ allowPrivate: false, resolve: nowhere }).apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ REFUSED: 1 }));
    expect(await attempt()).toContain('port 6379');
  });
});

describe('where they are allowed', () => {
  it('the address that was looked at is the one that is connected to: a name is resolved once', async () => {
    let asked = 0;
    // Rebinding: the second answer leads elsewhere.
    const resolve: Resolve = (hostname, options, done) =>
      resolvingTo(asked++ === 0 ? '127.0.0.1' : '127.255.255.254')(hostname, options, done);
    await webhooks.subscribe(`http://partner.example:${sink.port}/hook`);
    await webhooks.instance({ resolve }).apply([webhooks.message('P1', 1)]);
    await eventually(async () => expect(await webhooks.counts()).toEqual({ DELIVERED: 1 }));
    expect([asked, sink.received.map(({ headers }) => headers.host)]).toEqual([
      1,
      [`partner.example:${sink.port}`],
    ]);
  });
});
