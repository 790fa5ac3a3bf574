import { describe, expect, it } from 'vitest';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { DeadLetter } from '@tradewind/outbox/dead-letters.ts';
import { detailOfDeadLetter, formatDeadLetterId, parseDeadLetterId } from './dead-letter-view.ts';

describe('the id of a dead letter', () => {
  it.each(['12', 'outbox-7', '0'])('%s is read and written alike', (text) =>
    expect(formatDeadLetterId(parseDeadLetterId(text)!)).toBe(text),
  );
  it.each(['', 'x', '-1', 'outbox-', 'inbox-1', '1 ', '9'.repeat(19)])('%j is none', (text) =>
    expect(parseDeadLetterId(text)).toBeUndefined(),
  );
});

describe('a dead letter in full', () => {
  const letter: DeadLetter = {
    ...{ id: { kind: 'parked', row: 12n }, storeId: 'S', consumer: 'c', topic: 't', key: 'k', partition: 3 },
    ...{ offset: 7n, eventId: 'E', eventType: 'T', errorCode: 'UNEXPECTED', error: 'boom', attempts: 2 },
    ...{ parkedAt: new Date(0), nextAttemptAt: undefined, behind: 1 },
  };
  const content = { headers: { eventId: 'E' }, payload: Buffer.from([1, 2, 3]) };

  it('has its bytes also where nobody can read them, and says why', async () => {
    const decode = () => Promise.reject(new DomainError('SCHEMA_UNKNOWN', 'bug', 'never heard of it'));
    expect(await detailOfDeadLetter(letter, content, decode)).toMatchObject({
      ...{ deadLetterId: '12', offset: '7', nextAttemptAt: null, parkedAt: '1970-01-01T00:00:00.000Z' },
      ...{ bytes: 'AQID', event: null, unreadable: 'SCHEMA_UNKNOWN' },
    });
  });

  it('hides no mistake of ours', async () => {
    const decode = () => Promise.reject(new TypeError('ours'));
    await expect(detailOfDeadLetter(letter, content, decode)).rejects.toThrow('ours');
  });
});
