import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { deviceId } from '#stock/device-input.ts';
import { releaseDevice, type Released, type ReleaseDeps } from './release.ts';

const body = z
  .strictObject({ apply: z.boolean().meta({ description: 'false: what was kept aside is dropped' }) })
  .meta({ id: 'DeviceRelease', example: { apply: true } });

const releasedBody = z
  .object({ deviceId: z.string(), applied: z.int(), parked: z.int(), dropped: z.int() })
  .meta({ id: 'ReleasedDevice', example: { deviceId: 'scale-7', applied: 13, parked: 1, dropped: 0 } });

export function registerReleaseDevice(app: HttpApp, deps: ReleaseDeps): void {
  app.post(
    '/api/v1/inventory/devices/:deviceId/release',
    {
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'inventory:write', idempotency: 'accepted' },
      schema: {
        ...{ tags: ['devices'], summary: 'Let a device out of quarantine' },
        params: z.object({ deviceId }),
        body,
        response: { 200: releasedBody, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request) => {
      const { storeId, sub: by } = principalOf(request);
      const command = { deviceId: request.params.deviceId, apply: request.body.apply, by };
      return releaseDevice(deps, command, {
        context: contextOf(request, storeId),
        ...replying(request, (released: Released) => ({ status: 200, body: JSON.stringify(released) })),
      });
    },
  );
}
