import { recordReplies } from '@tradewind/outbox/idempotency.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { type CatchUpDeps, catchUp } from './catch-up.ts';

const body = z
  .object({ applied: z.int(), positions: z.record(z.string(), z.int()) })
  .meta({ id: 'Synced', example: { applied: 3, positions: { '0': 120, '1': 97 } } });

export function registerSync(app: HttpApp, deps: CatchUpDeps): void {
  app.post(
    '/api/v1/sync',
    {
      config: {
        access: ['MERCHANT', 'ADMIN', 'SERVICE'],
        permission: 'inventory:write',
        idempotency: 'accepted',
        admission: 'always',
      },
      schema: {
        tags: ['stock'],
        summary: 'Catch the central view up with everything committed before this call',
        response: { 200: body, 400: problem, 401: problem, 403: problem, 409: problem, 503: problem },
      },
    },
    async (request) => {
      const result = await catchUp(deps);
      const key = request.idempotencyKey;
      if (key) {
        const reply = { ...key, status: 200, body: JSON.stringify(result) };
        await deps.db.transaction(principalOf(request).storeId, (tx) => recordReplies(tx, [reply]));
      }
      return result;
    },
  );
}
