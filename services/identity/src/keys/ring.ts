import { createLocalJWKSet, errors, importJWK, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '@tradewind/service/logger.ts';
import { RING_GRACE_SECONDS } from './life.ts';
import type { KeyStore, StoredKey } from './store.ts';
import { identityError } from '#errors.ts';

export type SigningMaterial = { readonly kid: string; readonly key: Awaited<ReturnType<typeof importJWK>> };

export interface KeyRing {
  /** The key with which tokens are signed now. */
  signer(): Promise<SigningMaterial>;
  /** What verifiers may trust: next, active and retired keys, public parts only. */
  publicKeys(): Promise<JSONWebKeySet>;
  /** Finds the key of a token: how identity verifies its own tokens. */
  readonly find: JWTVerifyGetKey;
  /** Forgets what was loaded: after a rotation by this instance. */
  expire(): void;
}

/** Another instance's rotation is seen this late. */
const FRESH_MS = 1_000;

interface Loaded {
  readonly keys: readonly StoredKey[];
  readonly at: number;
}

/**
 * The keys of the database, read at most once a second. While the database is away the known keys stay in use, shorter
 * than a retired key stays published, so no token is signed by a key that verifiers have dropped.
 */
export function keyRing(
  store: KeyStore,
  log: Logger,
  clock: () => number = () => performance.now(),
): KeyRing {
  const material = new Map<string, SigningMaterial['key']>();
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  async function reload(): Promise<Loaded> {
    const at = clock();
    loaded = { keys: await store.load(), at };
    return loaded;
  }

  async function current(): Promise<readonly StoredKey[]> {
    const known = loaded;
    const age = known ? clock() - known.at : Infinity;
    if (known && age < FRESH_MS) return known.keys;
    loading ??= reload().finally(() => {
      loading = undefined;
    });
    try {
      return (await loading).keys;
    } catch (error) {
      if (!known || age > RING_GRACE_SECONDS * 1000) throw error;
      log.warn({ err: error }, 'signing keys could not be read again; the known ones are used');
      return known.keys;
    }
  }

  async function publicKeys(): Promise<JSONWebKeySet> {
    return { keys: (await current()).map(({ publicJwk }) => publicJwk) };
  }

  return {
    publicKeys,
    async signer() {
      const active = (await current()).find(({ state }) => state === 'ACTIVE');
      if (!active) throw identityError('NO_SIGNING_KEY', { retryAfter: 1 });
      let key = material.get(active.kid);
      if (!key) {
        key = await importJWK(active.privateJwk, 'ES256');
        material.clear();
        material.set(active.kid, key);
      }
      return { kid: active.kid, key };
    },
    async find(header, token) {
      const keys = await publicKeys();
      // Tokens of ours always name their key.
      if (!header.kid) throw new errors.JWKSNoMatchingKey();
      return createLocalJWKSet(keys)(header, token);
    },
    expire() {
      loaded = undefined;
    },
  };
}
