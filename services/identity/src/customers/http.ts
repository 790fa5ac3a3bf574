import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { hasRole } from '@tradewind/service/principal.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { z } from 'zod';
import { registerEraseCustomer } from './erase.ts';
import { identityError } from '#errors.ts';
import type { Events } from '#events.ts';
import { recorded } from '#recorded.ts';
import { orUnknownStore } from '#unknown-store.ts';
import { etag } from '#versions.ts';

const newCustomer = z
  .strictObject({ email: z.email().max(254), name: z.string().trim().min(1).max(200) })
  .meta({ example: { email: 'grace@example.com', name: 'Grace' } });
const customer = z.object({
  customerId: z.string(),
  email: z.string(),
  name: z.string(),
  version: z.int(),
  createdAt: z.string(),
});

type Row = Omit<z.infer<typeof customer>, 'createdAt'> & { readonly createdAt: Date };

const columns = `customer_id as "customerId", email, name, version, created_at as "createdAt"`;
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
            `insert into customers (store_id, customer_id, email, name, events) values ($1, $2, $3, $4, 1) returning ${columns}`,
            [tx.storeId, newId(), request.body.email, request.body.name],
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
        params: z.object({ customerId: z.string().max(100) }),
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
  registerEraseCustomer(app, db, events);
}
