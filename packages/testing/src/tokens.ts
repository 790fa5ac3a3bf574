import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface TokenClaims {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly storeId?: string;
  readonly permissions?: readonly string[];
  readonly segment?: string;
  readonly audience?: string;
  /** Seconds from now; negative for one that has expired. Default 600. */
  readonly expiresIn?: number;
}

export interface TokenIssuer {
  readonly jwksUrl: string;
  readonly issuer: string;
  /** A signed token; by default of USER-9, a CUSTOMER of STORE-1. */
  token(claims?: TokenClaims): Promise<string>;
  close(): Promise<void>;
}

/** A stand-in for identity: signs any token with a key of its own (ES256) and serves the public half. */
export async function tokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const kid = 'test-key';
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] });
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    issuer,
    token({
      sub = 'USER-9',
      roles = ['CUSTOMER'],
      storeId = 'STORE-1',
      permissions = [],
      segment,
      audience = 'tradewind',
      expiresIn = 600,
    } = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ roles, storeId, permissions, ...(segment === undefined ? {} : { segment }) })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setSubject(sub)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(Math.min(now, now + expiresIn) - 1)
        .setExpirationTime(now + expiresIn)
        .sign(privateKey);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
