import { describe, expect, it } from 'vitest';
import { type Choices, noPreferences, type Preferences } from '#preferences/preferences.ts';
import { type Notice, plan, verdictOn } from './plan.ts';
import type { ChannelName, Kind } from './kinds.ts';

const reachable: Preferences = {
  ...noPreferences('U1'),
  ...{ email: 'grace@example.com', phone: '+4915112345678', pushToken: 'device-token' },
  slackChannel: '#warehouse',
};
const unreachable = noPreferences('U1');
const told = (choices: Choices, from = reachable): Preferences => ({ ...from, channels: choices });

const send = (address: string) => ({ send: true, address });
const withheld = (code: string) => ({ send: false, code });

describe('whether a channel is used', () => {
  it.each<[string, Kind, ChannelName, Preferences, ReturnType<typeof verdictOn> | object]>([
    ['mail goes out unless somebody says no', 'order-paid', 'EMAIL', reachable, send('grace@example.com')],
    ['mail is off', 'order-paid', 'EMAIL', told({ TRANSACTIONAL: { EMAIL: false } }), withheld('PREFERENCE')],
    ['mail has no address', 'order-paid', 'EMAIL', unreachable, withheld('NO_ADDRESS')],
    ['SMS was never chosen', 'order-paid', 'SMS', reachable, undefined],
    ['SMS was chosen', 'order-paid', 'SMS', told({ TRANSACTIONAL: { SMS: true } }), send('+4915112345678')],
    [
      'SMS was chosen without a number',
      'order-paid',
      'SMS',
      told({ TRANSACTIONAL: { SMS: true } }, unreachable),
      withheld('NO_ADDRESS'),
    ],
    ['push was chosen', 'order-paid', 'PUSH', told({ TRANSACTIONAL: { PUSH: true } }), send('device-token')],
    ['marketing needs consent', 'cart-abandoned', 'EMAIL', reachable, withheld('NO_CONSENT')],
    [
      'marketing with consent',
      'cart-abandoned',
      'EMAIL',
      told({ MARKETING: { EMAIL: true } }),
      send('grace@example.com'),
    ],
    [
      'consent is no consent for another channel',
      'cart-abandoned',
      'SMS',
      told({ MARKETING: { EMAIL: true } }),
      undefined,
    ],
    [
      'a choice for one category is none for the other',
      'cart-abandoned',
      'EMAIL',
      told({ TRANSACTIONAL: { EMAIL: true } }),
      withheld('NO_CONSENT'),
    ],
    ['stores hear by Slack', 'stock-low', 'SLACK', reachable, send('#warehouse')],
    ['stores hear of their partners', 'webhook-disabled', 'SLACK', reachable, send('#warehouse')],
    ['stores that named no channel', 'stock-low', 'SLACK', unreachable, withheld('NO_ADDRESS')],
  ])('%s', (_, kind, channel, preferences, expected) => {
    expect(verdictOn(kind, channel, preferences)).toEqual(expected);
  });

  it("takes the account's address where there is no own one", () => {
    const account = { ...unreachable, accountEmail: 'account@example.com' };
    expect(verdictOn('order-paid', 'EMAIL', account)).toEqual(send('account@example.com'));
    expect(verdictOn('order-paid', 'EMAIL', { ...account, email: 'own@example.com' })).toEqual(
      send('own@example.com'),
    );
  });
});

describe('the deliveries of a message', () => {
  const notice: Notice = {
    ...{ kind: 'order-paid', recipient: 'U1', resource: 'order:O1' },
    values: { orderId: 'O1', totalAmount: '129.50', currency: 'USD' },
  };

  const lowStock: Notice = {
    ...{ kind: 'stock-low', recipient: 'store:STORE-1', resource: 'stock:SKU-1' },
    values: { sku: 'SKU-1', productId: 'P1', locationId: 'STORE-1', available: '3', reorderPoint: '5' },
  };

  it('carry their text and address from the start', () => {
    const wishes = told({ TRANSACTIONAL: { SMS: true } });
    expect(plan(notice, { ...wishes, locale: 'de' }, [], 0)).toMatchObject([
      { channel: 'EMAIL', status: 'PENDING', subject: 'Ihre Bestellung O1 ist bezahlt', templateVersion: 0 },
      { channel: 'SMS', status: 'PENDING', subject: null, body: 'Ihre Bestellung O1 ist bezahlt.' },
    ]);
  });

  it('are not sent when they come a day late', () => {
    const [mail] = plan(notice, reachable, [], 25 * 3_600_000);
    expect(mail).toMatchObject({ status: 'SUPPRESSED', code: 'TOO_OLD', body: null });
  });

  it.each<[string, Notice, Choices, Preferences, object]>([
    [
      'a customer whom no chat reaches',
      notice,
      { TRANSACTIONAL: { SLACK: true } },
      unreachable,
      { code: 'NO_ADDRESS' },
    ],
    [
      'a store that wrote no mail',
      lowStock,
      { TRANSACTIONAL: { EMAIL: true } },
      reachable,
      { code: 'NO_TEXT' },
    ],
  ])('are told, too, to %s', (_, of, choices, from, expected) => {
    const [asked] = Object.keys(choices.TRANSACTIONAL ?? {});
    const planned = plan(of, told(choices, from), [], 0).find(({ channel }) => channel === asked);
    expect(planned).toMatchObject({ status: 'SUPPRESSED', ...expected });
  });

  it('say why nothing is sent, and hold nothing personal then', () => {
    expect(plan(notice, unreachable, [], 0)).toEqual([
      {
        ...{ channel: 'EMAIL', status: 'SUPPRESSED', code: 'NO_ADDRESS' },
        ...{ address: null, subject: null, body: null, templateVersion: null },
      },
    ]);
  });
});
