import { Pool } from 'undici';
import { z } from 'zod';
import type { ServiceToken } from '@tradewind/service/service-token.ts';
import { notificationError } from '#errors.ts';

const TIMEOUT_MS = 3_000;
const CONNECTIONS = 8;
const customer = z.object({ email: z.string() });

/** Asks identity where a customer's mail goes; undefined for one who is there no more. */
export interface Accounts {
  /** @throws DomainError IDENTITY_UNAVAILABLE */
  emailOf(storeId: string, customerId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export function identityAccounts(url: string, token: ServiceToken): Accounts {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  return {
    async emailOf(storeId, customerId) {
      try {
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path: `/api/v1/customers/${encodeURIComponent(customerId)}`,
          headers: { authorization: `Bearer ${await token(storeId)}` },
        });
        const text = await body.text();
        if (statusCode === 404) return undefined;
        if (statusCode !== 200) throw new Error(`identity answered ${statusCode}`);
        return customer.parse(JSON.parse(text)).email;
      } catch (cause) {
        throw notificationError('IDENTITY_UNAVAILABLE', { cause });
      }
    },
    close: () => pool.close(),
  };
}
