import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import { type Principal, type Role, roles, SEGMENT, unauthenticated } from './principal.ts';

export interface TokenVerifier {
  /**
   * The principal of a bearer token.
   * @throws DomainError UNAUTHENTICATED, or AUTHENTICATION_UNAVAILABLE when the keys can't be fetched
   */
  verify(token: string): Principal | Promise<Principal>;
}

interface Verified {
  readonly principal: Principal;
  /** epoch ms */
  readonly expiresAt: number;
}

const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Where the keys are: at a URL, or with the caller (identity, tests). */
export type TokenKeys = { readonly jwksUrl: string } | { readonly keys: JWTVerifyGetKey };

/**
 * Verifies tokens by the keys of a JWKS URL: ES256 and EdDSA only, with issuer, audience, expiry and not-before. What
 * was verified once is remembered until it expires, because a signature costs more than the rest of a request.
 */
export function tokenVerifier(options: TokenKeys & { readonly issuer: string }): TokenVerifier {
  const keys = 'keys' in options ? options.keys : remoteKeys(options.jwksUrl);
  const cache = new LRUCache<string, Verified>({ max: 20_000 });

  async function check(token: string): Promise<Principal> {
    // The decoder would forgive padding and line breaks: one token, one spelling.
    if (!COMPACT_JWS.test(token)) throw unauthenticated('the token is not valid');
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256', 'EdDSA'],
        issuer: options.issuer,
        audience: 'tradewind',
        requiredClaims: ['sub', 'exp'],
      });
      const principal = principalOf(payload);
      cache.set(token, { principal, expiresAt: (payload.exp ?? 0) * 1000 });
      return principal;
    } catch (error) {
      throw refusal(error);
    }
  }

  return {
    verify(token) {
      const known = cache.get(token);
      if (known && known.expiresAt > Date.now()) return known.principal;
      return check(token);
    },
  };
}

const REFRESH_MS = 600_000;

/**
 * Keys of a URL, read again every ten minutes and for a key id that is not known yet. While the URL does not answer, the
 * known keys stay in use: identity being away must not log everybody out.
 */
function remoteKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    cooldownDuration: 5_000,
    timeoutDuration: 3_000,
    cacheMaxAge: Infinity,
  });
  let refreshed = Date.now();
  return (header, token) => {
    if (Date.now() - refreshed > REFRESH_MS) {
      refreshed = Date.now();
      // A failure is not this token's: the next unknown key or the next turn asks again.
      keys.reload().catch(() => undefined);
    }
    return keys(header, token);
  };
}

function principalOf(payload: JWTPayload): Principal {
  const {
    sub,
    storeId,
    roles: claimed,
    permissions,
    segment,
  } = payload as JWTPayload & Record<string, unknown>;
  if (typeof sub !== 'string' || sub === '' || typeof storeId !== 'string' || storeId === '')
    throw unauthenticated('the token names no subject or no store');
  if (!Array.isArray(claimed) || !claimed.every((role) => typeof role === 'string'))
    throw unauthenticated('the roles of the token are no list of names');
  // Names that are no role give nothing; the others still count.
  const known = claimed.filter((role): role is Role => roles.includes(role as Role));
  return { sub, storeId, roles: known, permissions: limitsOf(permissions), segment: segmentOf(segment) };
}

/** Absent and empty mean: not limited. A claim of another form must not be taken for either. */
function limitsOf(claimed: unknown): string[] {
  if (claimed === undefined) return [];
  if (Array.isArray(claimed) && claimed.every((one) => typeof one === 'string' && one !== '')) return claimed;
  throw unauthenticated('the permissions of the token are no list of names');
}

/** One that is not understood is no segment: its prices would be somebody else's. */
function segmentOf(claimed: unknown): string | undefined {
  if (claimed === undefined) return undefined;
  if (typeof claimed === 'string' && SEGMENT.test(claimed)) return claimed;
  throw unauthenticated('the segment of the token is no name');
}

function refusal(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('the token has expired');
  const fetching = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  if (fetching || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') {
    return new DomainError(
      'AUTHENTICATION_UNAVAILABLE',
      'unavailable',
      'tokens cannot be checked right now',
      {
        retryAfter: 1,
        cause: error,
      },
    );
  }
  return unauthenticated('the token is not valid');
}
