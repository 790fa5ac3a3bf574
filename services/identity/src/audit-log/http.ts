import type { AuditDetails } from '@tradewind/contracts/audit-chain.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { z } from 'zod';
import { page, pageOf, pageQuery } from '#cursor.ts';

const filter = z.string().min(1).max(200).optional();
const query = pageQuery.extend({ actor: filter, action: filter, resource: filter });

const entry = z
  .object({
    seq: z.int(),
    at: z.string(),
    actor: z.string(),
    action: z.string(),
    resource: z.string(),
    details: z.record(z.string(), z.unknown()),
    eventId: z.string().nullable(),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({
    example: {
      ...{ seq: 2, at: '2030-01-01T12:00:00.000Z', actor: 'ADMIN-1', action: 'price.changed' },
      ...{ resource: 'product:P1', details: { from: '12.50', to: '9.90', currency: 'USD' } },
      eventId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
      ...{ previousHash: '9f86d081…', hash: '60303ae2…' },
    },
  });

interface Row {
  readonly seq: bigint;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly details: AuditDetails;
  readonly eventId: string | null;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

const FAR = '9223372036854775807';

const select = `
  select seq, at, actor, action, resource, details, event_id as "eventId", previous_hash as "previousHash", hash
  from audit_log
  where seq < $1 and ($2::text is null or actor = $2) and ($3::text is null or action = $3)
    and ($4::text is null or resource = $4)
  order by seq desc limit $5`;

const shown = ({ seq, at, previousHash, hash, ...row }: Row) => ({
  ...{ seq: Number(seq), at: at.toISOString() },
  ...row,
  ...{ previousHash: previousHash.toString('hex'), hash: hash.toString('hex') },
});

/** Who did what, newest first. */
export function registerAuditLog(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/audit-log',
    {
      config: { access: ['ADMIN'], permission: 'audit:read' },
      schema: {
        tags: ['audit'],
        summary: 'Sensitive acts in this store, newest first',
        querystring: query,
        response: { 200: pageOf(entry) },
      },
    },
    async (request) => {
      const { limit, cursor, actor = null, action = null, resource = null } = request.query;
      const before = cursor === undefined ? FAR : decodeCursor(cursor, z.string().regex(/^\d{1,18}$/));
      const rows = await db.transaction(principalOf(request).storeId, (tx) =>
        tx.query<Row>(select, [before, actor, action, resource, limit + 1]),
      );
      return page(rows.map(shown), limit, ({ seq }) => String(seq));
    },
  );
}
