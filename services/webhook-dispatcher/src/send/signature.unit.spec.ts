import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newSecret, parseSecret, secretBox, showSecret } from '#subscriptions/secret.ts';
import { signedHeaders } from './signature.ts';

const secret = parseSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const signed = {
  eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  eventType: 'ecommerce.order.order.paid.v1',
  deliveryId: 'delivery-1',
  body: '{"test": 2432232314}',
};

describe('signatures', () => {
  it('are those of the vector that Standard Webhooks publishes', () => {
    expect(signedHeaders(signed, [secret], 1_614_265_330)).toMatchObject({
      'webhook-id': signed.eventId,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are taken by the official library, with either secret of a rotation', () => {
    const [before, after, other] = [newSecret(), newSecret(), newSecret()];
    const seconds = Math.floor(Date.now() / 1_000);
    const headers = signedHeaders(signed, [after, before], seconds);
    for (const one of [before, after]) {
      expect(new Webhook(showSecret(one)).verify(signed.body, headers)).toEqual({ test: 2_432_232_314 });
    }
    expect(() => new Webhook(showSecret(other)).verify(signed.body, headers)).toThrow(/signature/);
    expect(() => new Webhook(showSecret(after)).verify(`${signed.body} `, headers)).toThrow(/signature/);
  });

  it('X-BV-Signature is the HMAC of the exact body, keyed with the bytes of the newest secret', () => {
    const [before, after] = [newSecret(), newSecret()];
    const headers = signedHeaders(signed, [after, before], 1);
    const expected = createHmac('sha256', after).update(signed.body).digest('hex');
    expect(headers).toMatchObject({
      'x-bv-signature': `sha256=${expected}`,
      'x-bv-event': signed.eventType,
      'x-bv-delivery': signed.deliveryId,
      'x-bv-timestamp': '1',
    });
  });
});

describe('secrets', () => {
  it.each([
    ['', 'nothing'],
    ['whsec_', 'no bytes'],
    [`whsec_${Buffer.alloc(23).toString('base64')}`, 'too short'],
    [`whsec_${Buffer.alloc(65).toString('base64')}`, 'too long'],
    [Buffer.alloc(32).toString('base64'), 'no prefix'],
    [`whsec_${Buffer.alloc(32).toString('base64')}!`, 'not base64'],
  ])('%s is refused: %s', (text) => {
    expect(() => parseSecret(text)).toThrow(expect.objectContaining({ code: 'SECRET_INVALID' }));
  });

  it('are opened by the same key, for the same subscription, and only so', () => {
    const one = newSecret();
    const box = secretBox('key');
    const sealed = box.seal(one, 'S1');
    expect(sealed.includes(one)).toBe(false);
    expect(box.open(sealed, 'S1')).toEqual(one);
    expect(() => box.open(sealed, 'S2')).toThrow();
    expect(() => secretBox('another').open(sealed, 'S1')).toThrow();
  });
});
