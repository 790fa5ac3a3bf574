import type { Database } from '@tradewind/postgres/database.ts';
import { type Principal, type Role, unauthenticated } from '@tradewind/service/principal.ts';
import type { TokenVerifier } from '@tradewind/service/tokens.ts';
import { isApiToken } from './secret.ts';
import { findApiToken } from './store.ts';

/** Identity takes its API tokens as bearers too: that is how they are exchanged. Other services see only JWTs. */
export function withApiTokens(db: Database, tokens: TokenVerifier): TokenVerifier {
  return { verify: (bearer) => (isApiToken(bearer) ? principalOf(db, bearer) : tokens.verify(bearer)) };
}

async function principalOf(db: Database, secret: string): Promise<Principal> {
  const found = await findApiToken(db, secret);
  if (!found) throw unauthenticated('the API token is unknown, revoked or expired');
  return {
    sub: `api-token:${found.apiTokenId}`,
    roles: found.roles as Role[],
    storeId: found.storeId,
    permissions: found.permissions,
  };
}
