import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { MOST_GAPS } from '#device/device.ts';
import { deviceId } from '#stock/device-input.ts';
import type { RulesStore, StoredRules } from './rules-store.ts';

const INT4 = 2_147_483_647;
const limit = (most: number, description: string) =>
  z.int().min(0).max(most).nullable().meta({ description });
const rules = {
  maxAbsDelta: limit(INT4, 'Largest change of one reading; null: any'),
  maxChangePerMinute: limit(Number.MAX_SAFE_INTEGER, 'Sum of the changes that arrive in a minute; null: any'),
  maxSkewSeconds: limit(INT4, 'Its clock against ours; null: not looked at, as offline buffers are old'),
  maxParkedInARow: limit(INT4, 'Readings in a row that would bring the stock below zero; null: any'),
  maxGaps: limit(MOST_GAPS, `Places in its numbers where some are missing; null: ${MOST_GAPS}`),
};
const example = {
  ...{ maxAbsDelta: 500, maxChangePerMinute: 5_000, maxSkewSeconds: null, maxParkedInARow: 20, maxGaps: 100 },
};
const rulesFields = {
  ...rules,
  version: z.int(),
  updatedBy: z.string().nullable(),
  updatedAt: z.iso.datetime().nullable(),
};
const storedExample = { ...example, version: 2, updatedBy: 'USER-1', updatedAt: '2026-11-21T06:41:03.558Z' };

const ofDevice = z
  .object({
    deviceId: z.string().nullable().meta({ description: 'null: all devices without rules of their own' }),
    ...rulesFields,
  })
  .meta({ id: 'DeviceRules', example: { deviceId: null, ...storedExample } });
const allRules = z.object({ ...rulesFields, devices: z.array(ofDevice) }).meta({
  id: 'AllDeviceRules',
  example: { ...storedExample, devices: [{ deviceId: 'scale-7', ...storedExample, maxAbsDelta: 50 }] },
});
const body = z
  .strictObject({
    deviceId: deviceId.optional(),
    ...(Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.optional()])) as {
      [Rule in keyof typeof rules]: z.ZodOptional<(typeof rules)[Rule]>;
    }),
    expectedVersion: z.int().min(0).optional(),
  })
  .meta({ id: 'SetDeviceRules', example: { deviceId: 'scale-7', maxAbsDelta: 50 } });

const rulesView = (stored: StoredRules) => ({
  ...{ maxAbsDelta: stored.maxAbsDelta, maxChangePerMinute: stored.maxChangePerMinute },
  ...{ maxSkewSeconds: stored.maxSkewSeconds, maxParkedInARow: stored.maxParkedInARow },
  ...{ maxGaps: stored.maxGaps, version: stored.version, updatedBy: stored.updatedBy },
  updatedAt: stored.updatedAt?.toISOString() ?? null,
});
const viewOf = (stored: StoredRules) => ({
  deviceId: stored.deviceId === '' ? null : stored.deviceId,
  ...rulesView(stored),
});

export function registerDeviceRules(app: HttpApp, store: RulesStore): void {
  const tags = ['devices'];
  app.get(
    '/api/v1/inventory/device-rules',
    {
      config: { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:read' },
      schema: {
        ...{ tags, summary: 'What a device may do before it is put into quarantine' },
        response: { 200: allRules, 401: problem, 403: problem },
      },
    },
    async (request) => {
      const [common, ...devices] = await store.read(principalOf(request).storeId);
      return { ...rulesView(common), devices: devices.map(viewOf) };
    },
  );
  app.put(
    '/api/v1/inventory/device-rules',
    {
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'inventory:write' },
      schema: {
        ...{ tags, summary: 'Set rules: of one device, or without deviceId of all others' },
        body,
        response: { 200: ofDevice, 400: problem, 401: problem, 403: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const { storeId, sub: by } = principalOf(request);
      const { deviceId: of = '', ...given } = request.body;
      const rulesOf = {
        ...{ maxAbsDelta: given.maxAbsDelta, maxChangePerMinute: given.maxChangePerMinute },
        ...{ maxSkewSeconds: given.maxSkewSeconds, maxParkedInARow: given.maxParkedInARow },
        maxGaps: given.maxGaps,
      };
      const command = { deviceId: of, rules: rulesOf, expectedVersion: expectedVersionOf(request), by };
      const stored = await store.set(contextOf(request, storeId), command);
      return reply.header('etag', `"${stored.version}"`).send(viewOf(stored));
    },
  );
}
