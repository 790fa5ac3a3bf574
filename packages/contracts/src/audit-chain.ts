import { createHash } from 'node:crypto';

/** What an entry of the audit log says. Details hold what JSON and jsonb both keep as it is: no fractions. */
export interface AuditEntry {
  readonly storeId: string;
  /** 1, 2, 3 … within the tenant. */
  readonly seq: bigint;
  /** In milliseconds. */
  readonly at: Date;
  /** `sub` of who did it. */
  readonly actor: string;
  readonly action: string;
  /** `<kind>:<id>` */
  readonly resource: string;
  readonly details: AuditDetails;
  /** The event that told of it; null for what identity itself did. */
  readonly eventId: string | null;
}

export type AuditDetails = Readonly<Record<string, string | boolean | null | readonly string[]>>;

export interface StoredEntry extends AuditEntry {
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** Where a tenant's log ends, kept beside it: without it nobody would miss the last entries. */
export interface AuditHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

/** What the first entry of a tenant follows. */
export const GENESIS: Buffer = Buffer.alloc(32);

/** JSON with one spelling: names sorted, no spaces. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}

/** SHA-256 over the hash before and the entry: whoever changes one has to change all that follow. */
export function hashOf(previousHash: Buffer, entry: AuditEntry): Buffer {
  const { storeId, seq, at, actor, action, resource, details, eventId } = entry;
  const text = canonical({
    ...{ storeId, seq: String(seq), at: at.toISOString(), actor, action, resource, details, eventId },
  });
  return createHash('sha256').update(previousHash).update(text).digest();
}

/** A place where a tenant's log is not what was once written. */
export interface BrokenLink {
  readonly seq: bigint;
  readonly what: string;
}

/**
 * Every place where a tenant's chain is broken. After a break it goes on with what is stored, so that one changed entry
 * is told as one.
 * @param entries of one tenant, by seq
 */
export function brokenLinks(entries: readonly StoredEntry[], head: AuditHead | undefined): BrokenLink[] {
  const found: BrokenLink[] = [];
  let seq = 0n;
  let hash: Buffer = GENESIS;
  for (const entry of entries) {
    const gap = entry.seq - seq - 1n;
    if (gap > 0n)
      found.push({
        seq: seq + 1n,
        what: gap === 1n ? 'was removed' : `and ${gap - 1n} after it were removed`,
      });
    if (gap < 0n) found.push({ seq: entry.seq, what: 'was inserted: its number is taken' });
    else if (gap === 0n && !entry.previousHash.equals(hash))
      found.push({
        seq: entry.seq,
        what: `does not follow entry ${seq}: one of them was inserted or replaced`,
      });
    if (!hashOf(entry.previousHash, entry).equals(entry.hash))
      found.push({ seq: entry.seq, what: 'was changed' });
    [seq, hash] = [entry.seq, entry.hash];
  }
  const end: AuditHead = head ?? { seq: 0n, hash: GENESIS };
  if (seq < end.seq) found.push({ seq: seq + 1n, what: `up to ${end.seq} were removed from the end` });
  if (seq > end.seq) found.push({ seq, what: `was inserted behind the end (${end.seq})` });
  if (seq === end.seq && !hash.equals(end.hash))
    found.push({ seq, what: 'is not the entry that the log ended with' });
  return found;
}
