import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { hasRole } from '@tradewind/service/principal.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { note } from '#audit-log/append.ts';
import { registerEraseCustomer } from './erase.ts';
import { identityError } from '#errors.ts';
import type { Events } from '#events.ts';
import { recorded } from '#recorded.ts';
import { orUnknownStore } from '#unknown-store.ts';
import { checkVersion, etag } from '#versions.ts';
import { segment } from './segment.ts';

const name = z.string().trim().min(1).max(200);
const newCustomer = z
  .strictObject({
    email: z.email().max(254),
    name,
    segment: segment.optional().meta({ description: 'Whose price lists and promotions the customer gets' }),
  })
  .meta({ example: { email: 'grace@example.com', name: 'Grace' } });
const customerChange = z
  .strictObject({
    name: name.optional(),
    segment: segment
      .nullable()
      .optional()
      .meta({ description: 'Part of tokens that are issued from then on; null: none' }),
    expectedVersion: z.int().min(1).optional(),
  })
  .meta({ example: { segment: 'vip' } });
const params = z.object({ customerId: z.string().max(100) });
const customer = z.object({
  customerId: z.string(),
  email: z.string(),
  name: z.string(),
  segment: z.string().nullable(),
  version: z.int(),
  createdAt: z.string(),
});

type Row = Omit<z.infer<typeof customer>, 'createdAt'> & { readonly createdAt: Date };

const columns = `customer_id as "customerId", email, name, segment, version, created_at as "createdAt"`;
const shown = (row: Row) => ({ ...row, createdAt: row.createdAt.toISOString() });

const locationOf = (created: { customerId: string }): string => `/api/v1/customers/${created.customerId}`;

const registered = ({ customerId }: { readonly customerId: string }, registeredAt: Date): DomainEvent => ({
  type: 'ecommerce.identity.customer.registered.v1',
  payload: { customerId, registeredAt },
});

/** Shoppers of a store. A customer's id is the `sub` of their tokens. */
export function registerCustomers(app: HttpApp, db: Database, events: Events): void {
  app.post(
    '/api/v1/customers',
    {
      config: {
        access: ['ADMIN', 'SERVICE'],
        permission: 'customers:write',
        idempotency: 'accepted',
        locationOf,
      },
      schema: {
        tags: ['customers'],
        summary: 'Add a customer',
        body: newCustomer,
        response: { 201: customer },
      },
    },
    async (request, reply) => {
      const created = await db
        .transaction(principalOf(request).storeId, async (tx) => {
          const [row] = await tx.query<Row>(
            `insert into customers (store_id, customer_id, email, name, segment, events)
             values ($1, $2, $3, $4, $5, 1) returning ${columns}`,
            [tx.storeId, newId(), request.body.email, request.body.name, request.body.segment ?? null],
          );
          const answer = shown(row as Row);
          await events.publish(tx, registered(answer, tx.now), 1, contextOf(request, tx.storeId));
          await recorded(tx, request, 201, answer);
          return answer;
        })
        .catch((error: unknown) => {
          throw violatedConstraint(error) === 'customers_email'
            ? identityError('EMAIL_TAKEN')
            : orUnknownStore(error);
        });
      events.wake();
      void reply.header('location', locationOf(created)).header('etag', etag(created.version));
      return reply.code(201).send(created);
    },
  );
  app.get(
    '/api/v1/customers/:customerId',
    {
      config: { access: 'authenticated', permission: 'customers:read' },
      schema: {
        tags: ['customers'],
        summary: 'One customer; customers see themselves only',
        params,
        response: { 200: customer },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { customerId } = request.params;
      if (!hasRole(principal, 'ADMIN', 'SERVICE') && principal.sub !== customerId) {
        throw identityError('CUSTOMER_NOT_FOUND');
      }
      const [row] = await db.transaction(principal.storeId, (tx) =>
        tx.query<Row>(`select ${columns} from customers where customer_id = $1 and anonymized_at is null`, [
          customerId,
        ]),
      );
      if (!row) throw identityError('CUSTOMER_NOT_FOUND');
      return reply.header('etag', etag(row.version)).send(shown(row));
    },
  );
  app.patch(
    '/api/v1/customers/:customerId',
    {
      config: { access: ['ADMIN', 'SERVICE'], permission: 'customers:write' },
      schema: {
        tags: ['customers'],
        summary: 'Change a customer: their name, or whose prices they get',
        params,
        body: customerChange,
        response: { 200: customer, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const { storeId, sub } = principalOf(request);
      const expected = expectedVersionOf(request);
      const { name: called, segment: group } = request.body;
      const row = await db.transaction(storeId, async (tx) => {
        const [known] = await tx.query<Row>(
          `select ${columns} from customers where customer_id = $1 and anonymized_at is null for update`,
          [request.params.customerId],
        );
        if (!known) throw identityError('CUSTOMER_NOT_FOUND');
        checkVersion(known.version, expected);
        const next = { name: called ?? known.name, segment: group === undefined ? known.segment : group };
        if (next.name === known.name && next.segment === known.segment) return known;
        const [changed] = await tx.query<Row>(
          `update customers set name = $2, segment = $3, version = version + 1 where customer_id = $1 returning ${columns}`,
          [known.customerId, next.name, next.segment],
        );
        await note(tx, {
          ...{ actor: sub, action: 'customer.changed', resource: `customer:${known.customerId}` },
          details: { segment: next.segment ?? '' },
        });
        return changed as Row;
      });
      return reply.header('etag', etag(row.version)).send(shown(row));
    },
  );
  registerEraseCustomer(app, db, events);
}
