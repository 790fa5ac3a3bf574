import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { parkEvent, parkedKey, parkedKeys } from '@tradewind/outbox/parked.ts';
import { isPassedOver } from '@tradewind/outbox/passed-over.ts';
import { placeName } from '@tradewind/outbox/checkpoints.ts';
import { progressMarks } from '@tradewind/outbox/projection-progress.ts';
import {
  parkingName,
  ProjectionRetired,
  type Projector,
  type ProjectorOptions,
} from '@tradewind/outbox/projector.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type Entry, fold, type Gain, type Timed } from './fold.ts';
import { lockPositions, type Position, type Reached, savePositions, shardOf } from './positions.ts';
import { type Reading, readMessages } from './readings.ts';
import { loadEntries, saveGains } from './rows.ts';

export interface WindowsSettings {
  readonly latenessMs: number;
  /** Called after the commit, with the tenants whose windows have changed. */
  onApplied?(applied: Applied): void;
}

export interface WindowsOptions extends WindowsSettings, Pick<ProjectorOptions, 'version' | 'db' | 'decode'> {
  readonly name: string;
}

export interface Applied {
  readonly tenants: readonly string[];
  readonly events: number;
  readonly late: number;
}

interface Job {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
  readonly readings: readonly Reading[];
}

// The offset is committed to Kafka after this transaction, so what is live must be on disk by then. A build reads from its
// own checkpoints, and may lose the last ones.
const claim = `
  select state, set_config('synchronous_commit', case state when 'live' then 'on' else 'off' end, true)
  from projections where name = $1 and version = $2 for share`;

/** State, sums, positions and parked events of a batch commit together: the sums hold each event once, whatever dies when. */
export function createWindows(options: WindowsOptions): Projector {
  const { name, version: build, db, decode, latenessMs } = options;
  const progress = progressMarks(name);
  let events = 0;

  async function run(jobs: readonly Job[]): Promise<Applied> {
    return db.transaction(
      '',
      async (tx) => {
        const [found] = await tx.query<{ state: string }>(claim, [name, build]);
        if (!found || found.state === 'retired') throw new ProjectionRetired(`${name} v${build}`);
        const byPlace = Map.groupBy(jobs, placeName);
        const places = [...byPlace.values()].map(([job]) => ({
          topic: job!.topic,
          partition: job!.partition,
        }));
        const positions = await lockPositions(tx, name, build, places);
        const fresh = [...byPlace].flatMap(([place, same]) =>
          same
            .flatMap(({ readings }) => readings)
            .filter(({ message }) => message.offset >= (positions.get(place)?.next ?? 0n)),
        );
        const usable = await parkBad(tx, fresh, parkingName(name, build, found.state));
        const applied = await applyReadings(tx, usable, positions);
        const reached = [...positions.values()].map((position): Reached => {
          const place = placeName(position);
          const next = (byPlace.get(place) ?? []).reduce(
            (far, job) => (job.next > far ? job.next : far),
            position.next,
          );
          const { watermark, late } = applied.byPlace.get(place) ?? { ...position, late: 0 };
          return { ...position, next, watermark, late };
        });
        const stored = await savePositions(tx, name, build, reached);
        if (found.state === 'live') await progress.mark(tx, build, stored);
        failpoint('windows.applied');
        return applied;
      },
      { durable: false },
    );
  }

  /** Parks what cannot be read, and what follows of its key. */
  async function parkBad(
    tx: Transaction,
    readings: readonly Reading[],
    consumer: string,
  ): Promise<Extract<Reading, { fact: Timed }>[]> {
    const usable: Extract<Reading, { fact: Timed }>[] = [];
    const byTenant = Map.groupBy(readings, ({ message }) => message.headers['storeId'] ?? '');
    for (const [storeId, own] of byTenant) {
      await tx.actFor(storeId);
      const parked = new Set(await parkedKeys(tx, [consumer]));
      for (const reading of own) {
        const { message, failure } = reading;
        const place = parkedKey(consumer, message.topic, message.key);
        if (parked.has(place)) await parkEvent(tx, consumer, message);
        else if (failure) {
          if (await isPassedOver(tx, name, message)) continue;
          await parkEvent(tx, consumer, message, failure, name);
          parked.add(place);
        } else usable.push(reading);
      }
    }
    return usable;
  }

  async function applyReadings(
    tx: Transaction,
    readings: readonly Extract<Reading, { fact: Timed }>[],
    positions: ReadonlyMap<string, Position>,
  ) {
    const known = new Map<number, Map<string, ReadonlyMap<string, Entry>>>();
    for (const [storeId, own] of Map.groupBy(readings, ({ fact }) => fact.storeId)) {
      await tx.actFor(storeId);
      const shards = [...new Set(own.map(({ message }) => shardOf(message)))];
      const keys = [...new Set(own.map(({ fact }) => fact.key))];
      for (const [shard, entries] of await loadEntries(tx, build, shards, keys)) {
        const ofShard = known.get(shard) ?? new Map<string, ReadonlyMap<string, Entry>>();
        known.set(shard, ofShard.set(storeId, entries));
      }
    }
    const gains = new Map<string, Map<number, Gain>>();
    const byPlace = new Map<string, { readonly watermark: number; readonly late: number }>();
    let [events, late] = [0, 0];
    for (const [place, own] of Map.groupBy(readings, ({ message }) => placeName(message))) {
      const shard = shardOf(own[0]!.message);
      const folded = fold(
        known.get(shard) ?? new Map(),
        // Grouped by tenant above; the watermark goes by the order of the partition.
        own.toSorted((a, b) => (a.message.offset < b.message.offset ? -1 : 1)).map(({ fact }) => fact),
        { watermark: positions.get(place)?.watermark ?? 0, latenessMs },
      );
      byPlace.set(place, { watermark: folded.watermark, late: folded.late });
      events += folded.applied;
      late += folded.late;
      for (const [storeId, gain] of folded.byTenant)
        gains.set(storeId, (gains.get(storeId) ?? new Map<number, Gain>()).set(shard, gain));
    }
    for (const [storeId, ofTenant] of gains) {
      await tx.actFor(storeId);
      await saveGains(tx, build, ofTenant);
    }
    return { byPlace, tenants: [...gains.keys()], events, late };
  }

  const commit = groupCommit<Job, void>({
    groupOf: () => 'all',
    maxBatch: 24,
    run: async (_, jobs) => {
      const applied = await run(jobs);
      failpoint('windows.committed');
      events += applied.events;
      options.onApplied?.(applied);
      return jobs.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  return {
    async apply(batch) {
      const [first, last] = [batch[0], batch.at(-1)];
      if (!first || !last) return;
      failpoint('windows.received');
      const readings = await readMessages(batch, decode);
      await commit({ topic: first.topic, partition: first.partition, next: last.offset + 1n, readings });
    },
    async retry(tx, message) {
      const [reading] = await readMessages([message], decode);
      if (!reading) return undefined;
      if (reading.failure) return reading.failure;
      const positions = await lockPositions(tx, name, build, [
        { topic: message.topic, partition: message.partition },
      ]);
      const { byPlace } = await applyReadings(tx, [reading], positions);
      const moved = [...positions.values()].map((position): Reached => {
        const { watermark, late } = byPlace.get(placeName(position)) ?? { ...position, late: 0 };
        return { ...position, watermark, late };
      });
      await savePositions(tx, name, build, moved);
      return undefined;
    },
    get applied() {
      return events;
    },
  };
}
