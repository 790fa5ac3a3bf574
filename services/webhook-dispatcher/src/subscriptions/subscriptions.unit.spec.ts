import { eventTypes } from '@tradewind/contracts/event.ts';
import { describe, expect, it } from 'vitest';
import { likePattern } from '#redeliver/store.ts';
import { endpointUrl } from './endpoint-url.ts';
import { deliverableTopics, deliverableTypes, matches, unknownPatterns } from './event-filter.ts';

describe('filters', () => {
  const paid = 'ecommerce.order.order.paid.v1';
  it.each([
    [paid, paid, true],
    ['*', paid, true],
    ['ecommerce.order.*', paid, true],
    ['ecommerce.order.order.pa*', paid, true],
    ['ecommerce.product.*', paid, false],
    ['ecommerce.order.order.paid', paid, false],
    ['ecommerce.order.order.paid.v10', paid, false],
  ])('%s for %s: %s', (pattern, type, expected) => expect(matches(pattern, type)).toBe(expected));

  it('those that stand for nothing are found', () => {
    expect(unknownPatterns([paid, 'ecommerce.order.*', 'ecommerce.shop.*', 'order.paid'])).toEqual([
      'ecommerce.shop.*',
      'order.paid',
    ]);
  });

  it('deliveries are not told by deliveries', () => {
    expect(deliverableTypes.length).toBeGreaterThan(30);
    expect(deliverableTypes.filter((type) => type.startsWith('ecommerce.webhook.'))).toEqual([]);
    expect(deliverableTopics).not.toContain('ecommerce.webhook.delivery');
    expect(eventTypes).toContain('ecommerce.webhook.delivery.failed.v1');
  });

  it('in SQL an underscore is itself', () => {
    expect([likePattern('ecommerce.pricing.flash_sale.*'), likePattern('*')]).toEqual([
      String.raw`ecommerce.pricing.flash\_sale.%`,
      '%',
    ]);
  });
});

describe('endpoints', () => {
  it.each([
    ['https://partner.example/hooks?a=1', 'https://partner.example/hooks?a=1'],
    ['http://2130706433:8080', 'http://127.0.0.1:8080/'],
    ['https://PARTNER.example', 'https://partner.example/'],
  ])('%s is kept as %s', (given, kept) => expect(endpointUrl(given, { requireHttps: false })).toBe(kept));

  it.each([
    ...[
      '',
      'partner.example',
      '/hooks',
      'ftp://partner.example',
      'javascript:alert(1)',
      'file:///etc/passwd',
    ],
    ...[
      'https://user:pass@partner.example',
      'https://partner.example/#part',
      `https://a.example/${'x'.repeat(2_000)}`,
    ],
  ])('%s is refused', (given) => {
    const refused = expect.objectContaining({ code: 'URL_INVALID' }) as Error;
    expect(() => endpointUrl(given, { requireHttps: false })).toThrow(refused);
  });

  it('plain http is refused where the installation says so', () => {
    expect(() => endpointUrl('http://partner.example', { requireHttps: true })).toThrow(/https only/);
  });
});
