import { describe, expect, it } from 'vitest';
import { UsageError } from '#arguments.ts';
import { formatId, type Letter, parseId } from './letter.ts';
import { describeLetters } from './show.ts';

describe('an id', () => {
  it.each(['order:12', 'outbox:order:7', 'payment_adapter:1', 'topic:iot-bridge:0'])(
    '%s is read and written alike',
    (text) => expect(formatId(parseId(text))).toBe(text),
  );
  it('may be written as the service is', () =>
    expect(parseId('payment-adapter:1').database).toBe('payment_adapter'));
  it.each(['', '12', 'order', 'order:', 'order:x', 'order:-1', 'inbox:order:1', `order:${'9'.repeat(19)}`])(
    '%j is none',
    (text) => expect(() => parseId(text)).toThrow(UsageError),
  );
});

describe('the list', () => {
  const letter: Letter = {
    ...{ id: parseId('order:12'), consumer: 'order.on-x', storeId: 'S', topic: 't', key: 'k', place: '3@7' },
    ...{
      errorCode: 'UNEXPECTED',
      error: 'boom',
      attempts: 3,
      ageSeconds: 200,
      retryInSeconds: undefined,
      behind: 4,
      stored: undefined,
    },
  };
  it('has a line for each', () => {
    const lines = describeLetters([letter]).split('\n');
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      'order:12',
      'order',
      'order.on-x',
      't 3@7',
      'k',
      '3',
      '3 min',
      '4',
      'UNEXPECTED boom',
    ]);
  });
  it('says that there is none', () => expect(describeLetters([])).toBe('no dead letters'));
});
