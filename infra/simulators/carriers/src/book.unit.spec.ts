import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BookOptions, createBook, type Purchase } from '#book.ts';
import { openBookFile } from '#book-file.ts';

function setUp(options: Partial<BookOptions> = {}) {
  let count = 0;
  const next = () => `${(count += 1)}`;
  const clock = { now: 0 };
  const book = createBook({
    ...{ entries: [], append: () => undefined, newId: next, newTrackingNumber: next, now: () => clock.now },
    ...options,
  });
  return { book, clock };
}
const purchase: Purchase = {
  ...{ carrier: 'ups', reference: 's1', fingerprint: 'f', service: '03', price: '9.00', currency: 'USD' },
  ...{ scale: 1, exception: false },
};

describe('book', () => {
  it('sells a reference once at each carrier', () => {
    const { book } = setUp();
    const first = book.buy(purchase);
    expect(first.isNew).toBe(true);
    expect(book.buy(purchase)).toEqual({ label: first.label, isNew: false });
    expect(book.buy({ ...purchase, carrier: 'dhl' }).isNew).toBe(true);
    expect(() => book.buy({ ...purchase, fingerprint: 'g' })).toThrow(
      expect.objectContaining({ code: 'REFERENCE_IN_USE' }),
    );
    expect([...book.all()]).toHaveLength(2);
  });

  it('takes a label back until the parcel is picked up, and does not sell it again', () => {
    const { book, clock } = setUp();
    const { label } = book.buy(purchase);
    expect(book.cancel('ups', label.trackingNumber).canceledAt).toBe(0);
    expect(book.cancel('ups', label.trackingNumber).canceledAt).toBe(0);
    expect(() => book.buy(purchase)).toThrow(expect.objectContaining({ code: 'REFERENCE_IN_USE' }));
    const { label: other } = book.buy({ ...purchase, reference: 's2' });
    clock.now = 5_000;
    expect(() => book.cancel('ups', other.trackingNumber)).toThrow(
      expect.objectContaining({ code: 'PICKED_UP_ALREADY' }),
    );
    expect(() => book.cancel('fedex', other.trackingNumber)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });

  it('never gives a tracking number twice', () => {
    const numbers = ['7', '7', '8'];
    const { book } = setUp({ newTrackingNumber: () => numbers.shift() ?? '' });
    const sold = ['s1', 's2'].map((reference) => book.buy({ ...purchase, reference }).label.trackingNumber);
    expect(sold).toEqual(['7', '8']);
  });

  it('forgets the oldest labels beyond its limit', () => {
    const { book } = setUp({ limit: 2 });
    for (const reference of ['s1', 's2', 's3']) book.buy({ ...purchase, reference });
    expect([...book.all()].map(({ reference }) => reference)).toEqual(['s2', 's3']);
    expect(book.find('ups', 's1')).toBeUndefined();
  });

  it('is read back from its file, without a line that was cut off', () => {
    const folder = mkdtempSync(join(tmpdir(), 'carriers-'));
    try {
      const path = join(folder, 'book');
      const file = openBookFile(path);
      const { book } = setUp({ append: file.append });
      const { label } = book.buy(purchase);
      book.hasten('ups', label.trackingNumber);
      file.close();
      appendFileSync(path, '{"kind":"BOUGHT","reference":"s2"');
      const reopened = openBookFile(path);
      const { book: again } = setUp({ entries: reopened.entries, append: reopened.append });
      expect(again.find('ups', 's1')).toEqual({ ...label, hastenedAt: 0 });
      expect(again.find('ups', 's2')).toBeUndefined();
      reopened.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
