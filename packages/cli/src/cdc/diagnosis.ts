import { failureOf, type ConnectorStatus, type StoredOffset } from './connect-client.ts';
import type { Slot } from './slots.ts';

/** What is known of one connector, each part undefined where it does not exist. */
export interface Observation {
  readonly status: ConnectorStatus | undefined;
  readonly slot: Slot | undefined;
  readonly offsets: readonly StoredOffset[];
}

/**
 * `absent`: not in Connect yet. `gap`: changes were written that neither the slot nor the topic has, because the slot was
 * dropped, made anew or left behind; only a new snapshot tells them. `stopped`: on purpose.
 */
export type Condition = 'absent' | 'starting' | 'streaming' | 'stopped' | 'failed' | 'gap';

export interface Diagnosis {
  readonly condition: Condition;
  readonly detail?: string;
}

/** Read the slot before the offsets: a running connector notes an offset first and confirms it to the slot then. Pure. */
export function diagnose({ status, slot, offsets }: Observation): Diagnosis {
  if (status === undefined) return { condition: 'absent' };
  const gap = gapOf(slot, offsets);
  if (gap !== undefined) return { condition: 'gap', detail: gap };
  const failure = failureOf(status);
  if (failure !== undefined) return { condition: 'failed', detail: failure };
  const { state } = status.connector;
  if (state === 'STOPPED' || state === 'PAUSED') return { condition: 'stopped' };
  const running = state === 'RUNNING' && status.tasks.some((task) => task.state === 'RUNNING');
  return { condition: running && slot?.active === true ? 'streaming' : 'starting' };
}

function gapOf(slot: Slot | undefined, offsets: readonly StoredOffset[]): string | undefined {
  // One that has noted nothing yet begins with a snapshot anyway.
  const noted = notedPosition(offsets);
  if (noted === undefined) return undefined;
  if (slot === undefined) return 'its replication slot is gone';
  if (slot.state === 'lost')
    return 'its replication slot was left behind, and PostgreSQL has removed what it needs';
  if (slot.confirmed > noted) return 'its replication slot was made anew, behind changes that were not told';
  return undefined;
}

/** Furthest place in PostgreSQL's log that a connector has noted as done. */
export function notedPosition(offsets: readonly StoredOffset[]): bigint | undefined {
  const places = offsets.flatMap(({ offset }) =>
    ['lsn', 'lsn_proc', 'lsn_commit']
      .map((name) => offset[name])
      .filter((value) => typeof value === 'number'),
  );
  return places.length === 0 ? undefined : BigInt(Math.max(...places));
}
