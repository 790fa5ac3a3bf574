import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { loadSequences, lockDevices, runKey, saveDevices, saveSequences } from '#device-table.ts';
import { released } from '#device/device.ts';
import { releasedEvent } from '#device/events.ts';
import { hasCome, withSeq } from '#device/sequence.ts';
import { inventoryError } from '#errors.ts';
import { lockKeptOf, moveReadings, type OpenReading } from '#reading-table.ts';
import { type Settled, type SettleDeps, settleReadings } from '#settle-readings/settle.ts';

export interface ReleaseDeps extends SettleDeps {
  readonly db: Database;
  wakeRelay(): void;
}

export interface ReleaseDevice {
  readonly deviceId: string;
  /** What becomes of the readings that were kept aside. */
  readonly apply: boolean;
  readonly by: string;
}

export interface Released extends Settled {
  readonly deviceId: string;
  readonly dropped: number;
}

export interface ReleaseOptions {
  readonly context: CommandContext;
  readonly idempotency?: {
    readonly key: IdempotencyKey;
    reply(result: Released, events: number): StoredReply;
  };
}

const CHUNK = 1_000;

/**
 * Settles what was kept, oldest first and a chunk per transaction, then lets the device go on. It stays in quarantine until
 * nothing is kept any more; one that was cut short is given again.
 * @throws DomainError DEVICE_NOT_FOUND, DEVICE_NOT_QUARANTINED
 */
export async function releaseDevice(
  deps: ReleaseDeps,
  command: ReleaseDevice,
  options: ReleaseOptions,
): Promise<Released> {
  const total = { deviceId: command.deviceId, applied: 0, parked: 0, dropped: 0 };
  for (;;) {
    const { done, part } = await deps.db.transaction(options.context.storeId, (tx) =>
      releaseChunk(tx, deps, command, options, total),
    );
    failpoint('release.settled');
    deps.wakeRelay();
    total.applied += part.applied;
    total.parked += part.parked;
    total.dropped += part.dropped;
    if (done) return total;
  }
}

async function releaseChunk(
  tx: Transaction,
  deps: ReleaseDeps,
  { deviceId, apply, by }: ReleaseDevice,
  { context, idempotency }: ReleaseOptions,
  sofar: Released,
) {
  const device = (await lockDevices(tx, [deviceId], { make: false })).get(deviceId);
  if (!device) throw inventoryError('DEVICE_NOT_FOUND');
  if (device.quarantinedFor === null) throw inventoryError('DEVICE_NOT_QUARANTINED');
  const kept = await lockKeptOf(tx, deviceId, CHUNK);
  await countNumbers(tx, deviceId, kept);
  const part = apply
    ? { ...(await settleReadings(tx, deps, kept, by)), dropped: 0 }
    : await dropAll(tx, kept, by);
  const done = kept.length < CHUNK;
  if (!done) return { done, part };
  // Settling has counted what it applied.
  const current = (await lockDevices(tx, [deviceId], { make: false })).get(deviceId) ?? device;
  const free = released(current, tx.now);
  const event = releasedEvent(device, { apply, by, at: tx.now });
  await saveDevices(tx, [free]);
  const placed = { event, eventId: newId(), version: free.version, context };
  await appendToOutbox(tx, [deps.encoder.encode(placed, tx.now)]);
  if (idempotency) {
    const whole = {
      ...{ deviceId, applied: sofar.applied + part.applied },
      ...{ parked: sofar.parked + part.parked, dropped: sofar.dropped + part.dropped },
    };
    await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(whole, 1) }]);
  }
  return { done, part };
}

async function dropAll(tx: Transaction, kept: readonly OpenReading[], by: string) {
  await moveReadings(
    tx,
    kept.map(({ readingId }) => ({ reading_id: readingId, state: 'DROPPED' })),
    by,
  );
  return { applied: 0, parked: 0, dropped: kept.length };
}

/** Numbers that were not remembered while there were too many gaps are remembered now: a repetition changes nothing. */
async function countNumbers(tx: Transaction, deviceId: string, kept: readonly OpenReading[]): Promise<void> {
  const sessions = [...new Set(kept.map(({ reading }) => reading.session ?? ''))];
  const runs = sessions.map((session) => ({ deviceId, session }));
  const sequences = await loadSequences(tx, runs);
  const before = new Map(sequences);
  for (const { reading } of kept) {
    if (reading.seq === undefined) continue;
    const key = runKey({ deviceId, session: reading.session ?? '' });
    const sequence = sequences.get(key);
    if (sequence && hasCome(sequence, reading.seq)) continue;
    sequences.set(key, withSeq(sequence, reading.seq, tx.now.getTime()));
  }
  await saveSequences(
    tx,
    runs.flatMap((run) => {
      const sequence = sequences.get(runKey(run));
      return sequence === undefined || before.get(runKey(run)) === sequence ? [] : [[run, sequence] as const];
    }),
  );
}
