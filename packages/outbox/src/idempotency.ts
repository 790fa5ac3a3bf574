import { DomainError } from '@tradewind/kernel/errors.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** Who sent which key to which route, and a digest of what was sent. */
export interface IdempotencyKey {
  readonly storeId: string;
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly payloadHash: string;
}

export interface StoredReply {
  readonly status: number;
  /** JSON text, sent again byte for byte. */
  readonly body: string;
  /** The Position-Token that went with it. */
  readonly position?: string | null | undefined;
}

export interface IdempotencyRecord extends IdempotencyKey, StoredReply {}

interface FoundRow extends StoredReply {
  readonly index: number;
  readonly payloadHash: string;
}

/** How long a key is remembered, as SQL. */
export const IDEMPOTENCY_WINDOW = `interval '24 hours'`;

const select = `
  select r.index, k.payload_hash as "payloadHash", k.status, k.body, k.position_token as position
  from json_to_recordset($1) as r (index int, principal text, route text, key text)
  join idempotency_keys k on k.store_id = $2 and k.principal = r.principal and k.route = r.route and k.key = r.key
  where k.created_at > now() - ${IDEMPOTENCY_WINDOW}`;

// A record older than the window gives way; a fresh one is kept, and its row is then missing from the answer.
const insert = `
  insert into idempotency_keys as k (store_id, principal, route, key, payload_hash, status, body, position_token)
  select $1, principal, route, key, payload_hash, status, body, position_token
  from json_to_recordset($2)
    as r (principal text, route text, key text, payload_hash text, status int, body text, position_token text)
  on conflict (store_id, principal, route, key) do update
    set payload_hash = excluded.payload_hash, status = excluded.status, body = excluded.body,
      position_token = excluded.position_token, created_at = now()
    where k.created_at <= now() - ${IDEMPOTENCY_WINDOW}
  returning 1`;

/** Another request with the same key is being carried out, or was a moment ago. */
export function idempotencyInFlight(): DomainError {
  return new DomainError(
    'IDEMPOTENCY_IN_FLIGHT',
    'conflict',
    'a request with this Idempotency-Key is still running',
    {
      retryAfter: 1,
    },
  );
}

/**
 * Stores the replies of commands in the commands' own transaction.
 * @throws DomainError IDEMPOTENCY_IN_FLIGHT when another process stored one of the keys first
 */
export async function recordReplies(tx: Transaction, records: readonly IdempotencyRecord[]): Promise<void> {
  if (records.length === 0) return;
  const json = records.map(({ principal, route, key, payloadHash, status, body, position }) => ({
    principal,
    route,
    key,
    payload_hash: payloadHash,
    status,
    body,
    position_token: position,
  }));
  const stored = await tx.query(insert, [tx.storeId, JSON.stringify(json)]);
  if (stored.length < records.length) throw idempotencyInFlight();
}

export type FindReply = (key: IdempotencyKey) => Promise<(StoredReply & { payloadHash: string }) | undefined>;

/** Looks stored replies up; concurrent look-ups share one query. */
export function replyFinder(db: Database): FindReply {
  return groupCommit<IdempotencyKey, FoundRow | undefined>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, keys) =>
      db.transaction(storeId, async (tx) => {
        const json = keys.map(({ principal, route, key }, index) => ({ index, principal, route, key }));
        const rows = await tx.query<FoundRow>(select, [JSON.stringify(json), storeId]);
        const found = new Map(rows.map((row) => [row.index, row]));
        return keys.map((_, index) => ({ ok: true as const, value: found.get(index) }));
      }),
  });
}
