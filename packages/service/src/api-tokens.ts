import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';
import { type Principal, unauthenticated } from './principal.ts';
import type { TokenVerifier } from './tokens.ts';

/** API tokens are told from JWTs by this, also by scanners that look for leaked secrets. */
const PREFIX = 'twk_';

export const isApiToken = (bearer: string): boolean => bearer.startsWith(PREFIX);

const issued = z.object({ token: z.string(), expiresAt: z.iso.datetime() });

interface Exchanged {
  readonly principal: Principal;
  /** epoch ms */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** A revoked token is refused after this long at the latest, as long as identity answers. */
const REFRESH_MS = 60_000;
const REFUSED_MS = 5_000;
/** After identity did not answer. */
const AGAIN_MS = 2_000;
const TIMEOUT_MS = 3_000;
const WELL_FORMED = /^twk_[\w-]{43}$/;

/**
 * Takes API tokens as bearers too: each is exchanged at identity for a short-lived JWT, whose principal is remembered for a
 * minute; while identity is away it stays good until that JWT ends. Unknown ones are not asked about again for a while.
 * @param exchangeUrl identity's POST /api/v1/api-tokens/exchange
 */
export function withExchange(jwts: TokenVerifier, exchangeUrl: URL): TokenVerifier {
  // By digest: a dump of this process holds no secrets of bearers that left.
  const known = new LRUCache<string, Exchanged>({ max: 10_000 });
  const refused = new LRUCache<string, true>({ max: 10_000, ttl: REFUSED_MS });
  const pending = new Map<string, Promise<Principal>>();

  async function exchange(secret: string, digest: string): Promise<Principal> {
    const response = await fetch(exchangeUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401) {
      await response.body?.cancel();
      known.delete(digest);
      refused.set(digest, true);
      throw unknownToken();
    }
    if (!response.ok) throw new Error(`identity answered ${response.status}`);
    const { token, expiresAt } = issued.parse(await response.json());
    const principal = await jwts.verify(token);
    const now = Date.now();
    known.set(digest, { principal, refreshAt: now + REFRESH_MS, expiresAt: Date.parse(expiresAt) });
    return principal;
  }

  async function refreshed(secret: string, digest: string): Promise<Principal> {
    let request = pending.get(digest);
    if (!request) {
      request = exchange(secret, digest).finally(() => pending.delete(digest));
      pending.set(digest, request);
    }
    try {
      return await request;
    } catch (error) {
      if (isDomainError(error) && error.code === 'UNAUTHENTICATED') throw error;
      const held = known.get(digest);
      const now = Date.now();
      if (held && held.expiresAt > now) {
        known.set(digest, { ...held, refreshAt: now + AGAIN_MS });
        return held.principal;
      }
      const detail = 'API tokens cannot be checked right now';
      throw new DomainError('AUTHENTICATION_UNAVAILABLE', 'unavailable', detail, {
        retryAfter: 1,
        cause: error,
      });
    }
  }

  return {
    verify(bearer) {
      if (!isApiToken(bearer)) return jwts.verify(bearer);
      if (!WELL_FORMED.test(bearer)) throw unknownToken();
      const digest = hash('sha256', bearer);
      if (refused.has(digest)) throw unknownToken();
      const held = known.get(digest);
      const now = Date.now();
      return held && held.refreshAt > now && held.expiresAt > now
        ? held.principal
        : refreshed(bearer, digest);
    },
  };
}

const unknownToken = (): DomainError => unauthenticated('the API token is unknown, revoked or expired');
