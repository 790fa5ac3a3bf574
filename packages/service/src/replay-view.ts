import { z } from 'zod';
import { replayOptions } from './replay-options.ts';
import type { StoredReplay, VersionRow } from './replay-requests.ts';

const time = z.iso.datetime();

const example = {
  ...{
    replayId: '0199c3a0-5b1e-7cc1-8a8e-2f1f0c5a9d10',
    projection: 'orders_by_customer',
    verb: 'replay' as const,
  },
  options: { verify: true, hold: false, fullSpeed: false },
  ...{
    state: 'running' as const,
    version: 3,
    progress: { done: 120_000, total: 480_000, rate: 8_100, secondsLeft: 45 },
  },
  ...{ error: null, requestedBy: 'operator-1', requestedAt: '2026-03-01T12:00:00.000Z', endedAt: null },
};

export const replayView = z
  .object({
    replayId: z.string(),
    projection: z.string(),
    verb: z.enum(['replay', 'rollback']),
    options: replayOptions,
    state: z.enum(['requested', 'running', 'stopped', 'built', 'switched', 'mismatch', 'failed']).meta({
      description: '`built`: held, or stopped at a time; `mismatch`: compared, different, not switched',
    }),
    version: z.int().nullable(),
    progress: z
      .object({ done: z.number(), total: z.number(), rate: z.number(), secondsLeft: z.number().nullable() })
      .nullable(),
    error: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: 'Replay', example });

export const replayDetail = replayView
  .extend({
    certificate: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'offsets, counts and digests by bucket, once it has ended' }),
  })
  .meta({ id: 'ReplayDetail', example: { ...example, certificate: null } });

export const projectionView = z
  .object({
    name: z.string(),
    topics: z.array(z.string()),
    versions: z.array(
      z.object({
        version: z.int(),
        state: z.enum(['building', 'live', 'retired']),
        store: z.string(),
        createdAt: time,
      }),
    ),
    lag: z.int().meta({ description: 'events that the live version has not applied yet' }),
    lastReplay: replayView.nullable(),
  })
  .meta({ id: 'Projection' });

export const projectionList = z.object({ items: z.array(projectionView) }).meta({
  id: 'Projections',
  example: {
    items: [
      {
        ...{ name: 'orders_by_customer', topics: ['ecommerce.order.order'], lag: 0, lastReplay: null },
        versions: [{ version: 1, state: 'live', store: 'postgres', createdAt: '2026-03-01T08:00:00.000Z' }],
      },
    ],
  },
});

export function viewOfReplay(stored: StoredReplay): z.infer<typeof replayView> {
  const { id, projection, verb, options, state, version, progress, error, requestedBy } = stored;
  return {
    replayId: id,
    ...{ projection, verb, options: replayOptions.parse(options), state, version, error, requestedBy },
    progress: progress && {
      ...{ done: progress.done, total: progress.total, rate: Math.round(progress.rate) },
      secondsLeft: progress.secondsLeft === undefined ? null : Math.ceil(progress.secondsLeft),
    },
    requestedAt: stored.requestedAt.toISOString(),
    endedAt: stored.endedAt?.toISOString() ?? null,
  };
}

export const viewOfVersion = ({ version, state, store, createdAt }: VersionRow) => ({
  ...{ version, state, store, createdAt: createdAt.toISOString() },
});
