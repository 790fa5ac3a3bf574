import { waitReady } from '#up/wait-ready.ts';
import { onInterrupt } from './interruption.ts';
import type { Scene } from './scene.ts';

/** Generous: a busy machine is slow, and Kafka and Cassandra read their logs after a kill. */
const READY_MS = 300_000;

/**
 * Keeps a server that was just killed down for as long as `meanwhile` takes; resolves when it serves again. The supervisor would start
 * it at once: it is dead already, so stopping it only keeps it so.
 */
export async function keepDown(
  { supervisor, home, records }: Scene,
  name: string,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const start = (): Promise<unknown> => supervisor({ op: 'start', name });
  const release = onInterrupt(start);
  try {
    await supervisor({ op: 'stop', name });
    records.note({ what: 'stopped', process: name });
    await meanwhile();
  } finally {
    release();
    await start();
  }
  await waitReady(supervisor, home, [name], READY_MS);
  records.note({ what: 'started', process: name });
}
