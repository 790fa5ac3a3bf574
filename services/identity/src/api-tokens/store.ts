import { newId } from '@tradewind/kernel/ids.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { digestOf } from './secret.ts';
import { identityError } from '#errors.ts';
import { orUnknownStore } from '#unknown-store.ts';

export interface NewApiToken {
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

export interface ApiTokenRow {
  readonly apiTokenId: string;
  readonly name: string;
  readonly roles: string[];
  readonly permissions: string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A usable API token, found by its secret. */
export interface FoundApiToken {
  readonly storeId: string;
  readonly apiTokenId: string;
  readonly roles: string[];
  readonly permissions: string[];
  readonly expiresAt: Date | null;
}

const columns = `api_token_id as "apiTokenId", name, roles, permissions, created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"`;

export async function addApiToken(tx: Transaction, secret: string, token: NewApiToken): Promise<ApiTokenRow> {
  const { name, roles, permissions, createdBy, expiresAt } = token;
  const [row] = await tx
    .query<ApiTokenRow>(
      `insert into api_tokens (store_id, api_token_id, name, secret_hash, roles, permissions, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
      [tx.storeId, newId(), name, digestOf(secret), roles, permissions, createdBy, expiresAt],
    )
    .catch((error: unknown) => {
      throw orUnknownStore(error);
    });
  return row as ApiTokenRow;
}

export const listApiTokens = (tx: Transaction, after: string, limit: number): Promise<ApiTokenRow[]> =>
  tx.query<ApiTokenRow>(
    `select ${columns} from api_tokens where api_token_id > $1 order by api_token_id limit $2`,
    [after, limit],
  );

/**
 * Revoking again changes nothing.
 * @throws DomainError API_TOKEN_NOT_FOUND
 */
export async function revokeApiToken(tx: Transaction, apiTokenId: string): Promise<void> {
  const rows = await tx.query(
    `update api_tokens set revoked_at = coalesce(revoked_at, now()) where api_token_id = $1 returning 1`,
    [apiTokenId],
  );
  if (rows.length === 0) throw identityError('API_TOKEN_NOT_FOUND');
}

/** Undefined for a secret that is unknown, revoked or expired. The tenant comes out of the row: a bearer names none. */
export async function findApiToken(db: Database, secret: string): Promise<FoundApiToken | undefined> {
  const [row] = await db.transaction('', (tx) =>
    tx.query<FoundApiToken>(
      `select store_id as "storeId", api_token_id as "apiTokenId", roles, permissions, expires_at as "expiresAt"
       from api_token_by_digest($1)`,
      [digestOf(secret)],
    ),
  );
  return row;
}
