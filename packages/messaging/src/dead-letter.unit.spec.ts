import { describe, expect, it } from 'vitest';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { deadLetter, errorOf, parseDeadLetter } from './dead-letter.ts';
import type { Message } from './message.ts';

const message: Message = {
  topic: 'ecommerce.order.order',
  partition: 7,
  offset: 9_007_199_254_740_993n,
  timestamp: 1_700_000_000_000,
  key: 'order-1',
  value: Buffer.from([0, 0, 0, 0, 5, 255, 128]),
  headers: { eventType: 'ecommerce.order.order.created.v1', traceparent: '00-a-b-01' },
};
const failedAt = new Date('2026-11-21T06:00:00.000Z');

describe('a dead letter', () => {
  it('brings the original back, byte for byte', () => {
    const letter = deadLetter(message, 'order.on-payment', { code: 'NOPE', message: 'not so' }, 3, failedAt);
    expect(letter.topic).toBe('dlq.order.on-payment');
    expect(letter.message.key).toBe('order-1');
    expect(parseDeadLetter(letter.message)).toEqual({
      consumer: 'order.on-payment',
      attempts: 3,
      error: { code: 'NOPE', message: 'not so' },
      failedAt: '2026-11-21T06:00:00.000Z',
      message: { ...message, timestamp: 0 },
    });
  });

  it('keeps the latest failure when a retried letter fails again', () => {
    const first = deadLetter(message, 'c', { code: 'A', message: 'a' }, 1, failedAt);
    const again = deadLetter(
      parseDeadLetter(first.message).message,
      'c',
      { code: 'B', message: 'b' },
      2,
      failedAt,
    );
    const parsed = parseDeadLetter(again.message);
    expect(parsed.error.code).toBe('B');
    expect(parsed.message.headers).toEqual(message.headers);
  });

  it('bounds the length of the error', () => {
    const letter = deadLetter(message, 'c', { code: 'A', message: 'x'.repeat(100_000) }, 1, failedAt);
    expect(parseDeadLetter(letter.message).error.message.length).toBe(2_000);
  });

  it('refuses what is none', () => {
    expect(() => parseDeadLetter(message)).toThrow(
      expect.objectContaining({ code: 'DEAD_LETTER_MALFORMED' }),
    );
  });

  it('names anything that can be thrown', () => {
    expect(errorOf(new DomainError('GONE', 'conflict', 'gone'))).toEqual({ code: 'GONE', message: 'gone' });
    expect(errorOf(new TypeError('oops'))).toEqual({ code: 'UNEXPECTED', message: 'oops' });
    expect(errorOf('text')).toEqual({ code: 'UNEXPECTED', message: 'text' });
  });
});
