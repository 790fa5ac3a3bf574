import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type HeldReading, holdReadings, takenBefore, takeOut } from '#reading-table.ts';
import { StockBatch } from '#stock-batch.ts';
import { loadStock, type SkuCache } from '#stock-load.ts';
import { saveStock } from '#stock-save.ts';
import { applyReading } from './apply.ts';
import { devicesOfBatch } from './devices-of-batch.ts';
import type { FindPlaces, Place } from './place.ts';
import { type Arrived, isNumbered, readingIdOf } from './taken.ts';

export interface TakeReadingsDeps {
  readonly db: Database;
  readonly findPlaces: FindPlaces;
  readonly encoder: EventEncoder;
  readonly skus: SkuCache;
  wakeRelay(): void;
}

/** How many readings came to which end. */
export interface Taken {
  applied: number;
  duplicates: number;
  parked: number;
  kept: number;
  refused: number;
}

type Placed = readonly [Arrived, Place];

/** A reading that has waited for its location, and the tenant with whom it did. */
export interface Waiting {
  readonly tenant: string;
  readonly arrived: Arrived;
}

/**
 * Readings of any devices and tenants, in one transaction: numbers, stock, ledger, events and what could not be applied
 * commit together, each with a statement per tenant. A repetition of all of it changes nothing.
 */
export const takeReadings = (deps: TakeReadingsDeps, batch: readonly Arrived[]): Promise<Taken> =>
  take(deps, batch, async () => undefined);

/** Takes readings again whose location has appeared, out of what waits. */
export const takeAgain = (deps: TakeReadingsDeps, waiting: readonly Waiting[]): Promise<Taken> =>
  take(
    deps,
    waiting.map(({ arrived }) => arrived),
    async (tx) => {
      const mine = new Set<string>();
      for (const [tenant, own] of byName(waiting, ({ tenant: of }) => of)) {
        await tx.actFor(tenant);
        for (const id of await takeOut(
          tx,
          own.map(({ arrived }) => readingIdOf(arrived)),
        ))
          mine.add(id);
      }
      return mine;
    },
  );

async function take(
  deps: TakeReadingsDeps,
  batch: readonly Arrived[],
  /** Which of them this transaction takes; undefined: all. */
  claim: (tx: Transaction) => Promise<ReadonlySet<string> | undefined>,
): Promise<Taken> {
  const placeOf = await deps.findPlaces(batch.map(({ reading }) => reading));
  const placed = batch.map((arrived): Placed => [arrived, placeOf(arrived.reading)]);
  // The same order in every transaction: devices and products are locked tenant by tenant.
  const byTenant = byName(placed, ([, { tenant }]) => tenant);
  const [first] = byTenant;
  const total: Taken = { applied: 0, duplicates: 0, parked: 0, kept: 0, refused: 0 };
  if (!first) return total;
  const taken = await deps.db.transaction(first[0], async (tx) => {
    const parts: Taken[] = [];
    const mine = await claim(tx);
    for (const [tenant, own] of byTenant) {
      await tx.actFor(tenant);
      const claimed = mine ? own.filter(([arrived]) => mine.has(readingIdOf(arrived))) : own;
      parts.push(await takeTenant(tx, deps, claimed));
    }
    failpoint('readings.saved');
    return parts;
  });
  failpoint('readings.committed');
  deps.wakeRelay();
  return taken.reduce((sum, part) => {
    for (const name of Object.keys(part) as (keyof Taken)[]) sum[name] += part[name];
    return sum;
  }, total);
}

async function takeTenant(
  tx: Transaction,
  deps: TakeReadingsDeps,
  placed: readonly Placed[],
): Promise<Taken> {
  // Where nobody knows the location, nobody knows whose the device is: only the reading is kept.
  const settled = placed.filter(([, { kind }]) => kind !== 'unknown');
  const devices = await devicesOfBatch(
    tx,
    settled.map(([arrived]) => arrived),
    deps.encoder,
  );
  const unnumbered = placed
    .filter(([arrived]) => !isNumbered(arrived))
    .map(([arrived]) => arrived.fallbackId);
  const before = await takenBefore(tx, unnumbered);
  const own = placed.filter(([, { kind }]) => kind === 'own');
  const touched = {
    skus: [...new Set(own.map(([{ reading }]) => reading.sku))],
    locations: [...new Set(own.map(([, { location }]) => location))],
  };
  const loaded = await loadStock(tx, [touched], deps.skus);
  const stock = new StockBatch(loaded, deps.encoder, tx.now);
  const held: HeldReading[] = [];
  const taken: Taken = { applied: 0, duplicates: 0, parked: 0, kept: 0, refused: 0 };

  for (const [arrived, { kind, location }] of placed) {
    const { reading, fallbackId, context } = arrived;
    const readingId = readingIdOf(arrived);
    const hold = (state: HeldReading['state'], cause: string): void => {
      const { correlationId } = context;
      held.push({ readingId, state, cause, locationId: location, reading, correlationId });
    };
    if (!isNumbered(arrived) && before.has(fallbackId)) {
      taken.duplicates++;
      continue;
    }
    before.add(fallbackId);
    if (kind === 'unknown') {
      hold('PARKED', 'UNKNOWN_LOCATION');
      taken.parked++;
      continue;
    }
    const verdict = devices.judge(arrived);
    if (verdict === 'duplicate') {
      taken.duplicates++;
    } else if (kind === 'foreign') {
      hold('REFUSED', 'OTHER_TENANT');
      taken.refused++;
    } else if (verdict === 'keep') {
      hold('KEPT', devices.quarantinedFor(reading.deviceId ?? ''));
      taken.kept++;
    } else {
      const whole = { ...context, storeId: tx.storeId };
      const cause = applyReading(stock, { readingId, reading, location, context: whole });
      devices.settled(arrived, cause === undefined ? 'applied' : 'parked');
      if (cause === undefined) {
        taken.applied++;
      } else {
        hold('PARKED', cause);
        taken.parked++;
      }
    }
  }
  await Promise.all([
    devices.save(),
    saveStock(tx, loaded, stock.events),
    appendToOutbox(tx, [...devices.outbox, ...stock.outbox]),
    holdReadings(tx, held),
  ]);
  return taken;
}

const byName = <T>(list: readonly T[], nameOf: (one: T) => string): [string, T[]][] =>
  [...Map.groupBy(list, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1));
