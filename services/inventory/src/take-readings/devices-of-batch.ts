import { newId } from '@tradewind/kernel/ids.ts';
import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { OutboxRow } from '@tradewind/outbox/outbox.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import {
  loadRules,
  loadSequences,
  lockDevices,
  type Run,
  runKey,
  saveDevices,
  saveSequences,
} from '#device-table.ts';
import { applied, type Device, judge, parked, type Verdict } from '#device/device.ts';
import { quarantinedBetween } from '#device/events.ts';
import type { Sequence } from '#device/sequence.ts';
import type { Arrived } from '#take-readings/taken.ts';

/** The devices of a batch, locked, as they change while its readings are looked at one after the other. */
export interface BatchDevices {
  judge(arrived: Arrived): Verdict;
  /** What became of a reading that was to be applied. */
  settled(arrived: Arrived, outcome: 'applied' | 'parked'): void;
  /** Why a device is in quarantine. */
  quarantinedFor(deviceId: string): string;
  readonly outbox: readonly OutboxRow[];
  save(): Promise<void>;
}

export async function devicesOfBatch(
  tx: Transaction,
  batch: readonly Arrived[],
  encoder: EventEncoder,
): Promise<BatchDevices> {
  const ids = [...new Set(batch.flatMap(({ reading }) => reading.deviceId ?? []))];
  const runs = new Map(
    batch.flatMap(({ reading }) => {
      const run = runOf(reading);
      return run === undefined ? [] : [[runKey(run), run] as const];
    }),
  );
  const devices = await lockDevices(tx, ids, { make: true });
  // Another tenant was faster: who looks again finds it there.
  if (ids.some((id) => !devices.has(id))) {
    throw new DomainError('DEVICE_ELSEWHERE', 'unavailable', 'the device is registered with another tenant');
  }
  const [sequences, rulesOf] = await Promise.all([loadSequences(tx, [...runs.values()]), loadRules(tx, ids)]);
  const changed = new Set<string>();
  const counted = new Set<string>();
  const outbox: OutboxRow[] = [];

  function become(after: Device, { context }: Arrived): void {
    const before = devices.get(after.deviceId) ?? after;
    devices.set(after.deviceId, after);
    changed.add(after.deviceId);
    const event = quarantinedBetween(before, after);
    if (!event) return;
    const whole = { ...context, storeId: tx.storeId };
    const placed = { event, eventId: newId(), version: after.version, context: whole };
    outbox.push(encoder.encode(placed, tx.now));
  }

  return {
    judge(arrived) {
      const { reading } = arrived;
      const device = reading.deviceId === undefined ? undefined : devices.get(reading.deviceId);
      if (!device) return 'apply';
      const run = runOf(reading);
      const key = run === undefined ? '' : runKey(run);
      const judged = judge(device, sequences.get(key), rulesOf(device.deviceId), reading, tx.now);
      become(judged.device, arrived);
      if (judged.sequence && sequences.get(key) !== judged.sequence) {
        sequences.set(key, judged.sequence);
        counted.add(key);
      }
      return judged.verdict;
    },
    settled(arrived, outcome) {
      const device = devices.get(arrived.reading.deviceId ?? '');
      if (!device) return;
      become(
        outcome === 'applied' ? applied(device) : parked(device, rulesOf(device.deviceId), tx.now),
        arrived,
      );
    },
    quarantinedFor: (deviceId) => devices.get(deviceId)?.quarantinedFor ?? '',
    outbox,
    async save() {
      await Promise.all([
        saveDevices(tx, present(changed, devices)),
        saveSequences(
          tx,
          [...counted].flatMap((key): [Run, Sequence][] => {
            const [run, sequence] = [runs.get(key), sequences.get(key)];
            return run && sequence ? [[run, sequence]] : [];
          }),
        ),
      ]);
    },
  };
}

function runOf({ deviceId, seq, session = '' }: DeviceReading): Run | undefined {
  return deviceId === undefined || seq === undefined ? undefined : { deviceId, session };
}

const present = <V>(keys: ReadonlySet<string>, values: ReadonlyMap<string, V>): V[] =>
  [...keys].flatMap((key) => values.get(key) ?? []);
