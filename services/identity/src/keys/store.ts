import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { decideRotation, forgettable, type RotationReason, type SigningKey } from './life.ts';
import { identityError } from '#errors.ts';

export interface StoredKey extends SigningKey {
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

/** Runs in the rotation's transaction with the new ring. */
export type AfterRotation = (tx: Transaction, keys: readonly SigningKey[]) => Promise<void>;

export interface KeyStore {
  /** Newest first. */
  load(): Promise<StoredKey[]>;
  /** Makes an active and a next key where they are missing. Instances that start together make one pair. */
  ensure(): Promise<void>;
  /**
   * Turns the ring: next → active → retired, and a new next. By `age` only when due.
   * @throws DomainError KEY_NOT_PUBLISHED_YET when asked right after a rotation
   */
  rotate(reason: RotationReason, after?: AfterRotation): Promise<{ readonly rotated: boolean }>;
}

/** Keys belong to no tenant. */
const NO_TENANT = '';

const select = `
  select kid, state, private_jwk as "privateJwk", public_jwk as "publicJwk", created_at as "createdAt",
         activated_at as "activatedAt", retired_at as "retiredAt"
  from signing_keys order by created_at desc, kid desc`;

export function keyStore(db: Database, maxAgeMs: number): KeyStore {
  /** One instance at a time changes the ring; reading needs no lock. */
  const locked = <T>(work: (tx: Transaction, keys: StoredKey[]) => Promise<T>): Promise<T> =>
    db.transaction(NO_TENANT, async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('tradewind.signing_keys'))`);
      return work(tx, await tx.query<StoredKey>(select));
    });

  return {
    load: () => db.transaction(NO_TENANT, (tx) => tx.query<StoredKey>(select)),
    ensure: () =>
      locked(async (tx, keys) => {
        for (const state of ['ACTIVE', 'NEXT'] as const) {
          if (!keys.some((key) => key.state === state)) await insert(tx, state);
        }
      }),
    rotate: (reason, after) =>
      locked(async (tx, keys) => {
        const [{ now } = { now: tx.now }] = await tx.query<{ now: Date }>('select clock_timestamp() as now');
        const gone = forgettable(keys, now);
        if (gone.length > 0) await tx.query('delete from signing_keys where kid = any($1)', [gone]);
        const decision = decideRotation(keys, { reason, now, maxAgeMs });
        switch (decision.type) {
          case 'none':
            return { rotated: false };
          case 'too-early':
            if (reason === 'age') return { rotated: false };
            throw identityError('KEY_NOT_PUBLISHED_YET', { retryAfter: decision.seconds, retryable: true });
          case 'rotate':
            await tx.query(
              `update signing_keys set state = 'RETIRED', retired_at = clock_timestamp() where kid = $1`,
              [decision.retire],
            );
            await tx.query(
              `update signing_keys set state = 'ACTIVE', activated_at = clock_timestamp() where kid = $1`,
              [decision.activate],
            );
            await insert(tx, 'NEXT');
            await after?.(tx, await tx.query<StoredKey>(select));
            return { rotated: true };
          default:
            return decision satisfies never;
        }
      }),
  };
}

async function insert(tx: Transaction, state: 'ACTIVE' | 'NEXT'): Promise<void> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const kid = newId();
  const named = { kid, alg: 'ES256', use: 'sig' };
  await tx.query(
    `insert into signing_keys (kid, state, private_jwk, public_jwk, created_at, activated_at)
     values ($1, $2, $3, $4, clock_timestamp(), case when $2 = 'ACTIVE' then clock_timestamp() end)`,
    [
      kid,
      state,
      JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...named }),
      JSON.stringify({ ...(await exportJWK(pair.publicKey)), ...named }),
    ],
  );
}
