import { describe, expect, it } from 'vitest';
import {
  type AuditEntry,
  type AuditHead,
  brokenLinks,
  canonical,
  GENESIS,
  hashOf,
  type StoredEntry,
} from './audit-chain.ts';

const entry = (seq: bigint, change: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{
    storeId: 'STORE-1',
    seq,
    at: new Date(Number(seq) * 1_000),
    actor: 'ADMIN-1',
    action: 'price.changed',
  },
  ...{ resource: `product:${seq}`, details: { from: '1.00', to: '2.00' }, eventId: null },
  ...change,
});

function link(previousHash: Buffer, one: AuditEntry): StoredEntry {
  return { ...one, previousHash, hash: hashOf(previousHash, one) };
}

function chain(length: number): { entries: StoredEntry[]; head: AuditHead } {
  const entries: StoredEntry[] = [];
  for (let seq = 1n; seq <= BigInt(length); seq++)
    entries.push(link(entries.at(-1)?.hash ?? GENESIS, entry(seq)));
  const last = entries.at(-1);
  return { entries, head: { seq: last?.seq ?? 0n, hash: last?.hash ?? GENESIS } };
}

const seqs = (entries: readonly StoredEntry[], head: AuditHead | undefined) =>
  brokenLinks(entries, head).map(({ seq }) => seq);

describe('a chain of audit entries', () => {
  it('holds as it was written, also empty', () => {
    const { entries, head } = chain(5);
    expect(brokenLinks(entries, head)).toEqual([]);
    expect(brokenLinks([], undefined)).toEqual([]);
  });

  it.each([
    { actor: 'SOMEBODY-ELSE' },
    { action: 'price.kept' },
    { resource: 'product:9' },
    { at: new Date(0) },
    { details: { from: '1.00', to: '2.01' } },
    { storeId: 'STORE-2' },
    { eventId: 'e' },
  ])('shows an entry whose %j was changed, and only that one', (change) => {
    const { entries, head } = chain(5);
    entries[2] = { ...(entries[2] as StoredEntry), ...change };
    expect(brokenLinks(entries, head)).toEqual([{ seq: 3n, what: 'was changed' }]);
  });

  it('shows an entry that was replaced with its hash', () => {
    const { entries, head } = chain(5);
    entries[2] = link(entries[1]?.hash ?? GENESIS, entry(3n, { actor: 'NOBODY' }));
    expect(seqs(entries, head)).toEqual([4n]);
    entries[4] = link(entries[3]?.hash ?? GENESIS, entry(5n, { actor: 'NOBODY' }));
    expect(seqs(entries, head)).toEqual([4n, 5n]);
  });

  it('shows what was removed: in the middle, at the start, at the end, all', () => {
    const { entries, head } = chain(5);
    expect(seqs(entries.toSpliced(2, 1), head)).toEqual([3n]);
    expect(seqs(entries.slice(1), head)).toEqual([1n]);
    expect(seqs(entries.slice(0, 3), head)).toEqual([4n]);
    expect(seqs([], head)).toEqual([1n]);
  });

  it('shows what was inserted: behind the end, and in the middle with the others moved on', () => {
    const { entries, head } = chain(3);
    const behind = link(entries[2]?.hash ?? GENESIS, entry(4n));
    expect(seqs([...entries, behind], head)).toEqual([4n]);
    const moved = entries.slice(1).map((one) => ({ ...one, seq: one.seq + 1n }));
    const inserted = link(entries[0]?.hash ?? GENESIS, entry(2n, { actor: 'EVE' }));
    expect(seqs([entries[0] as StoredEntry, inserted, ...moved], head)).toEqual([3n, 3n, 4n, 4n]);
  });

  it('depends on what is said, not on how it is spelled', () => {
    expect(canonical({ b: [1, { d: null, c: true }], a: 'ü"' })).toBe(
      '{"a":"ü\\"","b":[1,{"c":true,"d":null}]}',
    );
  });
});
