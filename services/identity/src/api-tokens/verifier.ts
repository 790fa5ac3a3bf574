import type { Database } from '@tradewind/postgres/database.ts';
import { type Principal, unauthenticated } from '@tradewind/service/principal.ts';
import type { TokenVerifier } from '@tradewind/service/tokens.ts';
import { isApiToken } from './secret.ts';
import { findApiToken } from './store.ts';
import { customRoles, rightsOf } from '#roles/rights.ts';

/** Identity takes its API tokens as bearers without exchanging them first. */
export function withApiTokens(db: Database, tokens: TokenVerifier): TokenVerifier {
  return { verify: (bearer) => (isApiToken(bearer) ? principalOf(db, bearer) : tokens.verify(bearer)) };
}

async function principalOf(db: Database, secret: string): Promise<Principal> {
  const found = await findApiToken(db, secret);
  if (!found) throw unauthenticated('the API token is unknown, revoked or expired');
  const { storeId, apiTokenId, permissions } = found;
  const custom = await db.transaction(storeId, (tx) => customRoles(tx, found.roles));
  const rights = rightsOf(found.roles, custom, permissions);
  if (!rights) throw unauthenticated('the roles of the API token have lost all that it was limited to');
  return { sub: `api-token:${apiTokenId}`, storeId, ...rights };
}
