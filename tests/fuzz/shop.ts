import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { as } from '../e2e/stack.fixture.ts';
import type { KnownValues } from './known-values.ts';

export interface Piece {
  readonly productId: string;
  readonly sku: string;
}

/** What is put into a tenant to be fuzzed. */
export interface Shop {
  readonly storeId: string;
  /** The n-th of them costs n.25 USD. */
  readonly pieces: readonly Piece[];
  readonly code: string;
  readonly known: KnownValues;
}

/** Somebody of the tenant, who asks under the same name as a caller of the fuzz. */
export const caller = (storeId: string, role: string): Promise<HttpClient> =>
  as({ sub: `FUZZ-${role}`, roles: [role], storeId });

export function good<T>({ status, body }: Answer<T>): T {
  if (status >= 300) throw new Error(`nothing to fuzz with: ${status} ${JSON.stringify(body)}`);
  return body;
}
