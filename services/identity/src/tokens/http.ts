import { hash, timingSafeEqual } from 'node:crypto';
import type { HttpApp } from '@tradewind/service/http.ts';
import { roles, unauthenticated } from '@tradewind/service/principal.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { segment, segmentOf } from '#customers/segment.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { note } from '#audit-log/append.ts';
import type { IssueToken } from './issue.ts';
import { rightsOfUser } from './user-rights.ts';
import { MAX_TOKEN_SECONDS } from '#keys/life.ts';

const body = z
  .strictObject({
    sub: z.string().min(1).max(200),
    roles: z
      .array(z.enum(roles))
      .min(1)
      .max(roles.length)
      .optional()
      .meta({ description: 'Absent: those that the store has given to the user named by sub' }),
    storeId: z.string().min(1).max(64),
    ttlSeconds: z.int().min(1).max(MAX_TOKEN_SECONDS).default(3_600),
    permissions: z.array(z.string().min(1).max(100)).max(100).default([]),
    segment: segment
      .optional()
      .meta({ description: 'Whose prices a customer gets. Absent: that of the customer named by sub' }),
  })
  .meta({ example: { sub: 'USER-9', roles: ['CUSTOMER'], storeId: 'STORE-1', ttlSeconds: 3600 } });

export const issuedToken = z
  .object({ token: z.string(), expiresAt: z.string() })
  .meta({ example: { token: 'eyJhbGciOi…', expiresAt: '2030-01-01T12:00:00.000Z' } });

/**
 * Tokens for whoever knows the service key: services towards each other, and the local stack's `./tw token`. One of an
 * administrator is noted before it exists; all others are too many, and can do less.
 */
export function registerTokens(app: HttpApp, db: Database, issue: IssueToken, serviceKey: string): void {
  const expected = digest(serviceKey);
  app.post(
    '/api/v1/tokens',
    {
      config: { access: 'public' },
      // Before the body is read: who has no key learns nothing about what the body must look like.
      onRequest: (request, _reply, done) => {
        const given = request.headers['service-key'];
        const known = typeof given === 'string' && timingSafeEqual(digest(given), expected);
        done(known ? undefined : unauthenticated('send the service key'));
      },
      schema: {
        tags: ['tokens'],
        summary: 'Issue a token',
        headers: z.looseObject({ 'service-key': z.string().optional() }),
        body,
        response: { 200: issuedToken, 401: problem, 403: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const { ttlSeconds, roles: named, permissions, sub, storeId } = request.body;
      const rights = named
        ? { roles: named, permissions }
        : await rightsOfUser(db, storeId, sub, permissions);
      if (rights.roles.includes('ADMIN')) {
        await db.transaction(storeId, (tx) =>
          note(tx, {
            ...{ actor: 'service-key', action: 'token.issued', resource: `user:${sub}` },
            details: {
              ...{ roles: [...rights.roles], permissions: [...rights.permissions] },
              ttlSeconds: String(ttlSeconds),
            },
          }),
        );
      }
      const buys = rights.roles.includes('CUSTOMER');
      const known = request.body.segment ?? (buys ? await segmentOf(db, storeId, sub) : undefined);
      const { token, expiresAt } = await issue({ sub, storeId, ...rights, segment: known }, ttlSeconds);
      return reply.header('cache-control', 'no-store').send({ token, expiresAt: expiresAt.toISOString() });
    },
  );
}

/** Digests have one length, so comparing them tells neither content nor length of the key. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
