import { SignJWT } from 'jose';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Role } from '@tradewind/service/principal.ts';
import type { KeyRing } from '#keys/ring.ts';

export interface TokenClaims {
  readonly sub: string;
  readonly roles: readonly Role[];
  readonly storeId: string;
  readonly permissions: readonly string[];
  /** Whose prices a customer gets. */
  readonly segment?: string | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs a token that lives `ttlSeconds`, but not past `notAfter`. */
export type IssueToken = (
  claims: TokenClaims,
  ttlSeconds: number,
  notAfter?: Date | null,
) => Promise<IssuedToken>;

/** Tokens count as valid from a little earlier on: a verifier's clock may be behind. */
const CLOCK_SKEW_SECONDS = 5;

export function tokenIssuer(ring: KeyRing, issuer: string): IssueToken {
  return async ({ sub, roles, storeId, permissions, segment }, ttlSeconds, notAfter) => {
    const { kid, key } = await ring.signer();
    const now = Math.floor(Date.now() / 1000);
    const last = notAfter ? Math.floor(notAfter.getTime() / 1000) : Infinity;
    const exp = Math.min(now + ttlSeconds, last);
    const token = await new SignJWT({
      roles: [...roles],
      storeId,
      permissions: [...permissions],
      ...(segment ? { segment } : {}),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
      .setSubject(sub)
      .setIssuer(issuer)
      .setAudience('tradewind')
      .setIssuedAt(now)
      .setNotBefore(now - CLOCK_SKEW_SECONDS)
      .setExpirationTime(exp)
      .setJti(newId())
      .sign(key);
    return { token, expiresAt: new Date(exp * 1000) };
  };
}
