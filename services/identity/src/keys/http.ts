import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import { JWKS_MAX_AGE_SECONDS, type SigningKey } from './life.ts';
import type { KeyRing } from './ring.ts';
import type { KeyStore } from './store.ts';
import { note } from '#audit-log/append.ts';
import { recorded } from '#recorded.ts';

const publicKey = z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string(), use: z.string() });
const key = z.object({
  kid: z.string(),
  state: z.enum(['NEXT', 'ACTIVE', 'RETIRED']),
  createdAt: z.string(),
  activatedAt: z.string().nullable(),
  retiredAt: z.string().nullable(),
});

const shown = ({ kid, state, createdAt, activatedAt, retiredAt }: SigningKey) => ({
  kid,
  state,
  createdAt: createdAt.toISOString(),
  activatedAt: activatedAt?.toISOString() ?? null,
  retiredAt: retiredAt?.toISOString() ?? null,
});

export function registerKeys(app: HttpApp, ring: KeyRing, store: KeyStore): void {
  app.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        tags: ['keys'],
        summary: 'Public keys of all tokens that may be valid now or soon',
        response: { 200: z.object({ keys: z.array(publicKey) }) },
      },
    },
    async (_request, reply) => {
      const keys = await ring.publicKeys();
      return reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(keys as never);
    },
  );
  app.post(
    '/api/v1/keys/rotate',
    {
      config: { access: ['ADMIN'], permission: 'keys:rotate', idempotency: 'accepted' },
      schema: {
        tags: ['keys'],
        summary: 'Sign with the next key from now on; tokens signed before stay valid',
        response: { 200: z.object({ keys: z.array(key) }) },
      },
    },
    async (request, reply) => {
      let answer: { keys: ReturnType<typeof shown>[] } = { keys: [] };
      await store.rotate('asked', async (tx, keys) => {
        answer = { keys: keys.map(shown) };
        await recorded(tx, request, 200, answer);
        const { sub, storeId } = principalOf(request);
        await tx.actFor(storeId);
        await note(tx, { actor: sub, action: 'keys.rotated', resource: 'keys:signing' });
      });
      ring.expire();
      return reply.send(answer);
    },
  );
}
