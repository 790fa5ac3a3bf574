import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import { type Principal, type Role, roles, unauthenticated } from './principal.ts';

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

/**
 * Verifies tokens by the keys of a JWKS URL: ES256 and EdDSA only, with issuer, audience, expiry and not-before. What
 * was verified once is remembered until it expires, because a signature costs more than the rest of a request.
 */
export function tokenVerifier(options: { readonly jwksUrl: string; readonly issuer: string }): TokenVerifier {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), { cooldownDuration: 5_000, timeoutDuration: 3_000 });
  const cache = new LRUCache<string, Verified>({ max: 20_000 });

  async function check(token: string): Promise<Principal> {
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

function principalOf(payload: JWTPayload): Principal {
  const { sub, storeId, roles: claimed, permissions } = payload as JWTPayload & Record<string, unknown>;
  if (!sub || typeof storeId !== 'string' || storeId === '') throw unauthenticated('the token names no store');
  const known = Array.isArray(claimed) ? claimed.filter((role): role is Role => roles.includes(role as Role)) : [];
  const granted = Array.isArray(permissions) ? permissions.filter((p): p is string => typeof p === 'string') : [];
  return { sub, storeId, roles: known, permissions: granted };
}

function refusal(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  if (error instanceof errors.JWTExpired) return unauthenticated('the token has expired');
  const fetching = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
  if (fetching || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC') {
    return new DomainError('AUTHENTICATION_UNAVAILABLE', 'unavailable', 'tokens cannot be checked right now', {
      retryAfter: 1,
      cause: error,
    });
  }
  return unauthenticated('the token is not valid');
}
