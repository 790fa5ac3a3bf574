import type { Caller } from './table.ts';
import { admin, token, unique } from '../e2e/stack.fixture.ts';
import { expiredToken } from './issuer.fixture.ts';

/** The bearer of each caller. `withoutScope` depends on what must be missing. */
export async function bearers(
  customerId: string,
): Promise<(caller: Caller, permission: string | undefined) => string | undefined> {
  const boss = await admin();
  // Two, so that there is always one whose permission is not the operation's.
  const limited = async (permission: string) => {
    const body = { name: unique('limited'), roles: ['ADMIN'], permissions: [permission] };
    return (await boss.post<{ secret: string }>('/api/v1/api-tokens', body)).body.secret;
  };
  const [stores, users] = [await limited('stores:read'), await limited('users:read')];
  const known = {
    expired: await expiredToken({ sub: 'ADMIN-1', roles: ['ADMIN'] }),
    otherTenant: await token({ sub: 'ADMIN-2', roles: ['ADMIN'], storeId: 'STORE-2' }),
    otherCustomer: await token({ sub: unique('USER') }),
    owner: await token({ sub: customerId }),
    merchant: await token({ sub: 'MERCHANT-1', roles: ['MERCHANT'] }),
    admin: await token({ sub: 'ADMIN-1', roles: ['ADMIN'] }),
  };
  return (caller, permission) => {
    if (caller === 'anonymous') return undefined;
    if (caller === 'withoutScope') return permission === 'stores:read' ? users : stores;
    return known[caller];
  };
}
