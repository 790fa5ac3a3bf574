import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { inventoryError } from '#errors.ts';
import { readingStates } from '#reading-table.ts';
import { pageQuery } from '#stock/input.ts';
import { deviceId } from '#stock/device-input.ts';
import type { DeviceQueries } from './queries.ts';
import {
  deviceBody,
  deviceDetailBody,
  deviceDetailView,
  deviceView,
  readingBody,
  readingView,
} from './view.ts';

const config = { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:read' } as const;
const tags = ['devices'];
const refusals = { 400: problem, 401: problem, 403: problem };
const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export function registerReadDevices(app: HttpApp, queries: DeviceQueries): void {
  app.get(
    '/api/v1/inventory/devices',
    {
      config,
      schema: {
        ...{ tags, summary: 'Devices that have reported readings' },
        querystring: pageQuery.extend({ status: z.enum(['ACTIVE', 'QUARANTINED']).optional() }),
        response: { 200: listOf(deviceBody), ...refusals },
      },
    },
    async (request) => {
      const { limit, cursor, status } = request.query;
      const { items, nextCursor } = await queries.list(principalOf(request).storeId, {
        limit,
        cursor,
        status,
      });
      return { items: items.map(deviceView), nextCursor };
    },
  );
  app.get(
    '/api/v1/inventory/devices/:deviceId',
    {
      config,
      schema: {
        ...{ tags, summary: 'One device: its numbers and gaps, its clock, what of it waits' },
        params: z.object({ deviceId }),
        response: { 200: deviceDetailBody, ...refusals, 404: problem },
      },
    },
    async (request) => {
      const found = await queries.find(principalOf(request).storeId, request.params.deviceId);
      if (!found) throw inventoryError('DEVICE_NOT_FOUND');
      return deviceDetailView(found);
    },
  );
  app.get(
    '/api/v1/inventory/device-readings',
    {
      config,
      schema: {
        ...{ tags, summary: 'Readings that have not reached the stock; settled ones by ?state=' },
        querystring: pageQuery.extend({
          state: z.enum(readingStates).optional(),
          deviceId: deviceId.optional(),
        }),
        response: { 200: listOf(readingBody), ...refusals },
      },
    },
    async (request) => {
      const { limit, cursor, state, deviceId: of } = request.query;
      const { items, nextCursor } = await queries.readings(principalOf(request).storeId, {
        ...{ limit, cursor, state, deviceId: of },
      });
      return { items: items.map(readingView), nextCursor };
    },
  );
}
