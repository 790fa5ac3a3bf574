import { DomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';

/** Answers a token with which this service acts for a tenant towards another service. */
export type ServiceToken = (storeId: string) => Promise<string>;

const reply = z.object({ token: z.string() });
const LIFETIME_SECONDS = 3_600;

/**
 * Obtains tokens from identity and keeps them for half their life; an expired one is used no more, so identity may be away
 * for half an hour before anybody notices.
 * @throws DomainError IDENTITY_UNAVAILABLE
 */
export function serviceTokens(options: {
  readonly identityUrl: string;
  readonly serviceKey: string;
  readonly service: string;
}): ServiceToken {
  const held = new Map<string, { token: string; refreshAt: number; expiresAt: number }>();
  const pending = new Map<string, Promise<string>>();

  async function obtain(storeId: string): Promise<string> {
    const response = await fetch(`${options.identityUrl}/api/v1/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'service-key': options.serviceKey },
      body: JSON.stringify({
        sub: options.service,
        roles: ['SERVICE'],
        storeId,
        ttlSeconds: LIFETIME_SECONDS,
      }),
      signal: AbortSignal.timeout(3_000),
    });
    if (!response.ok) throw new Error(`identity answered ${response.status}`);
    const { token } = reply.parse(await response.json());
    const now = Date.now();
    const half = LIFETIME_SECONDS * 500;
    held.set(storeId, { token, refreshAt: now + half, expiresAt: now + 2 * half - 5_000 });
    return token;
  }

  return async (storeId) => {
    const known = held.get(storeId);
    if (known && known.refreshAt > Date.now()) return known.token;
    let request = pending.get(storeId);
    if (!request) {
      request = obtain(storeId).finally(() => pending.delete(storeId));
      pending.set(storeId, request);
    }
    try {
      return await request;
    } catch (cause) {
      if (known && known.expiresAt > Date.now()) return known.token;
      throw new DomainError('IDENTITY_UNAVAILABLE', 'unavailable', 'no service token can be had', {
        cause,
        retryAfter: 1,
      });
    }
  };
}
