import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { z } from 'zod';
import { note } from '#audit-log/append.ts';
import { identityError } from '#errors.ts';
import type { Events } from '#events.ts';

// The address stays unique and leads nowhere: `.invalid` is nobody's (RFC 2606).
const erase = `
  update customers set email = customer_id || '@anonymized.invalid', name = '', segment = null, version = version + 1,
    events = events + 1, anonymized_at = now()
  where customer_id = $1 and anonymized_at is null returning events`;

/** Erases a person. The row stays, so that the id is never somebody else's; whoever holds more is told by the event. */
export function registerEraseCustomer(app: HttpApp, db: Database, events: Events): void {
  app.delete(
    '/api/v1/customers/:customerId',
    {
      config: { access: ['ADMIN'], permission: 'customers:write' },
      schema: {
        tags: ['customers'],
        summary: 'Erase a customer: name and address go, here and where they were told of',
        params: z.object({ customerId: z.string().max(100) }),
        response: { 204: z.null().meta({ description: 'erased' }), 404: problem, 503: problem },
      },
    },
    async (request, reply) => {
      const { sub, storeId } = principalOf(request);
      const { customerId } = request.params;
      await db.transaction(storeId, async (tx) => {
        const [row] = await tx.query<{ events: number }>(erase, [customerId]);
        if (!row) throw identityError('CUSTOMER_NOT_FOUND');
        const type = 'ecommerce.identity.customer.anonymized.v1';
        const event = { type, payload: { customerId, anonymizedAt: tx.now } } as const;
        await events.publish(tx, event, row.events, contextOf(request, storeId));
        await note(tx, { actor: sub, action: 'customer.anonymized', resource: `customer:${customerId}` });
      });
      events.wake();
      return reply.code(204).send(null);
    },
  );
}
