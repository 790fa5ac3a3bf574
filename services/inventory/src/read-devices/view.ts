import { z } from 'zod';
import type { Device } from '#device/device.ts';
import { quarantineReasons } from '#device/rules.ts';
import { readingStates } from '#reading-table.ts';
import type { DeviceDetail, ReadingRow } from './queries.ts';

/** Numbers may still be on their way; what is missing longer than this is reported as a gap. */
const OLD_GAP_MS = 60_000;

const deviceFields = {
  deviceId: z.string(),
  status: z.enum(['ACTIVE', 'QUARANTINED']),
  quarantinedFor: z.enum(quarantineReasons).nullable(),
  quarantinedAt: z.iso.datetime().nullable(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  lastSession: z.string(),
  lastSeq: z.int().nullable().meta({ description: 'The highest number of its last session' }),
  skewMs: z.object({ last: z.number(), min: z.number(), max: z.number() }).nullable().meta({
    description: 'Its clock less ours when readings arrived; also what was buffered offline is old',
  }),
  applied: z.int(),
  duplicates: z.int(),
};
const deviceExample = {
  ...{ deviceId: 'scale-7', status: 'QUARANTINED' as const, quarantinedFor: 'DELTA_TOO_LARGE' as const },
  ...{ quarantinedAt: '2026-11-21T06:41:03.558Z', firstSeenAt: '2026-11-20T08:00:00.000Z' },
  ...{ lastSeenAt: '2026-11-21T06:42:10.102Z', lastSession: '', lastSeq: 512 },
  ...{ skewMs: { last: -12, min: -40, max: 7 }, applied: 498, duplicates: 3 },
};
export const deviceBody = z.object(deviceFields).meta({ id: 'Device', example: deviceExample });

const gapBody = z.object({
  ...{ session: z.string(), from: z.int(), to: z.int() },
  since: z.iso.datetime(),
});
const counts = z.object({
  parked: z.int().meta({ description: 'Wait for stock, or for their sku' }),
  kept: z.int().meta({ description: 'Kept aside while the device is in quarantine' }),
  refused: z.int(),
  dropped: z.int(),
});
export const deviceDetailBody = z
  .object({ ...deviceFields, readings: counts, gaps: z.array(gapBody), missing: z.int() })
  .meta({
    id: 'DeviceDetail',
    example: {
      ...deviceExample,
      readings: { parked: 1, kept: 14, refused: 0, dropped: 0 },
      gaps: [{ session: '', from: 500, to: 501, since: '2026-11-21T06:40:00.000Z' }],
      missing: 2,
    },
  });

export const readingBody = z
  .object({
    readingId: z.string(),
    state: z.enum(readingStates),
    cause: z
      .string()
      .meta({ description: 'NEGATIVE_STOCK, UNKNOWN_SKU, UNKNOWN_LOCATION, the broken rule …' }),
    deviceId: z.string().nullable(),
    seq: z.int().nullable(),
    storeId: z.string().meta({ description: 'The location' }),
    sku: z.string(),
    delta: z.int(),
    reason: z.string(),
    receivedAt: z.iso.datetime(),
    settledAt: z.iso.datetime().nullable(),
    settledBy: z.string().nullable(),
  })
  .meta({
    id: 'DeviceReading',
    example: {
      ...{
        readingId: 'scale-7::511',
        state: 'PARKED',
        cause: 'NEGATIVE_STOCK',
        deviceId: 'scale-7',
        seq: 511,
      },
      ...{ storeId: 'STORE-1', sku: 'MUG-RED', delta: -2, reason: 'SENSOR' },
      ...{ receivedAt: '2026-11-21T06:41:03.558Z', settledAt: null, settledBy: null },
    },
  });

export function deviceView(device: Device): z.infer<typeof deviceBody> {
  const { lastSkewMs, minSkewMs, maxSkewMs, quarantinedFor } = device;
  return {
    deviceId: device.deviceId,
    status: quarantinedFor === null ? 'ACTIVE' : 'QUARANTINED',
    quarantinedFor,
    quarantinedAt: device.quarantinedAt?.toISOString() ?? null,
    firstSeenAt: device.firstSeenAt.toISOString(),
    lastSeenAt: device.lastSeenAt.toISOString(),
    lastSession: device.lastSession,
    lastSeq: device.lastSeq,
    skewMs:
      lastSkewMs === null || minSkewMs === null || maxSkewMs === null
        ? null
        : { last: lastSkewMs, min: minSkewMs, max: maxSkewMs },
    applied: device.applied,
    duplicates: device.duplicates,
  };
}

export function deviceDetailView(
  { device, sessions, readings }: DeviceDetail,
  now = Date.now(),
): z.infer<typeof deviceDetailBody> {
  const gaps = sessions.flatMap(({ session, gaps: all }) =>
    all.filter(({ since }) => now - since >= OLD_GAP_MS).map((gap) => ({ session, ...gap })),
  );
  return {
    ...deviceView(device),
    readings: {
      ...{ parked: readings['PARKED'] ?? 0, kept: readings['KEPT'] ?? 0 },
      ...{ refused: readings['REFUSED'] ?? 0, dropped: readings['DROPPED'] ?? 0 },
    },
    gaps: gaps.slice(0, 100).map((gap) => ({ ...gap, since: new Date(gap.since).toISOString() })),
    missing: gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
  };
}

export const readingView = (row: ReadingRow): z.infer<typeof readingBody> => ({
  readingId: row.readingId,
  state: row.state,
  cause: row.cause,
  deviceId: row.reading.deviceId ?? null,
  seq: row.reading.seq ?? null,
  storeId: row.locationId,
  sku: row.reading.sku,
  delta: row.reading.delta,
  reason: row.reading.reason,
  receivedAt: row.receivedAt.toISOString(),
  settledAt: row.settledAt?.toISOString() ?? null,
  settledBy: row.settledBy,
});
