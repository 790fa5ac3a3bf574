import { mkdtempSync, appendFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBook, type Entry } from '#book.ts';
import { openBookFile } from '#book-file.ts';

function setUp(entries: readonly Entry[] = [], append: (entry: Entry) => void = () => undefined) {
  let count = 0;
  return createBook({ entries, newId: () => `${(count += 1)}`, now: () => 0, append });
}
const charge = {
  ...{ key: 'k1', orderId: 'o1', amount: 1_250n, currency: 'USD', declineCode: undefined },
  channel: 'SOAP' as const,
};
const refund = {
  key: 'r1',
  transactionId: 'txn_1',
  amount: 1_000n,
  currency: 'USD',
  channel: 'REST' as const,
};

describe('book', () => {
  it('charges a key once, whichever channel it comes by', () => {
    const book = setUp();
    const first = book.charge(charge);
    expect(book.charge({ ...charge, channel: 'REST', declineCode: 'CARD_DECLINED' })).toBe(first);
    expect([...book.all()]).toHaveLength(1);
  });

  it.each([{ amount: 1_251n }, { currency: 'EUR' }, { orderId: 'o2' }])(
    'faults the same key for %o',
    (other) => {
      const book = setUp();
      book.charge(charge);
      expect(() => book.charge({ ...charge, ...other })).toThrow(
        expect.objectContaining({ code: 'IDEMPOTENCY_MISMATCH' }),
      );
    },
  );

  it('remembers a decline', () => {
    const book = setUp();
    expect(book.charge({ ...charge, declineCode: 'CARD_DECLINED' }).status).toBe('DECLINED');
    expect(book.charge(charge).status).toBe('DECLINED');
  });

  it('pays back once per key and never more than was captured', () => {
    const book = setUp();
    book.charge(charge);
    expect(book.refund(refund).status).toBe('REFUNDED');
    expect(book.refund(refund).status).toBe('REFUNDED');
    expect(book.refund({ ...refund, key: 'r2' })).toMatchObject({
      status: 'DECLINED',
      code: 'EXCEEDS_CAPTURE',
    });
    expect(book.refund({ ...refund, key: 'r3', amount: 250n }).status).toBe('REFUNDED');
    const unknown = { ...refund, key: 'r4', transactionId: 'txn_9' };
    expect(() => book.refund(unknown)).toThrow(expect.objectContaining({ code: 'UNKNOWN_TRANSACTION' }));
  });

  it('is read back from its file, without a line that was cut off', () => {
    const folder = mkdtempSync(join(tmpdir(), 'book-'));
    try {
      const path = join(folder, 'book');
      const file = openBookFile(path);
      setUp([], file.append).charge(charge);
      file.close();
      appendFileSync(path, '{"kind":"CHARGE","key":"k2"');
      const reopened = openBookFile(path);
      const book = setUp(reopened.entries, reopened.append);
      expect(book.charge(charge)).toMatchObject({ transactionId: 'txn_1', amount: 1_250n });
      expect(book.find('k2')).toBeUndefined();
      reopened.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
