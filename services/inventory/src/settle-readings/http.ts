import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { readingStates } from '#reading-table.ts';
import { readingId } from '#stock/device-input.ts';
import { type SettledOne, settleOne, type SettleOneDeps } from './settle-one.ts';

const settledBody = z
  .object({ readingId: z.string(), state: z.enum(readingStates) })
  .meta({ id: 'SettledReading', example: { readingId: 'scale-7::511', state: 'APPLIED' } });

const actions = [
  ['apply', 'Apply a reading that waits, now; what the stock cannot take stays parked'],
  ['drop', 'Give up a reading that waits: it never reaches the stock'],
] as const;

export function registerSettleReadings(app: HttpApp, deps: SettleOneDeps): void {
  for (const [action, summary] of actions) {
    app.post(
      `/api/v1/inventory/device-readings/:readingId/${action}`,
      {
        config: { access: ['MERCHANT', 'ADMIN'], permission: 'inventory:write', idempotency: 'accepted' },
        schema: {
          ...{ tags: ['devices'], summary },
          params: z.object({ readingId }),
          response: {
            200: settledBody,
            400: problem,
            401: problem,
            403: problem,
            404: problem,
            409: problem,
          },
        },
      },
      async (request) => {
        const { storeId: tenant, sub: by } = principalOf(request);
        const { idempotency } = replying(request, (settled: SettledOne) => ({
          ...{ status: 200, body: JSON.stringify(settled) },
        }));
        return settleOne(deps, { tenant, readingId: request.params.readingId, action, by }, idempotency);
      },
    );
  }
}
