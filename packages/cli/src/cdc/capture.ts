import { isDeepStrictEqual } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '@tradewind/native/run.ts';
import { connectClient, type ConnectClient } from './connect-client.ts';
import type { Connector } from './connectors.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import { openSlots, type Slot, type Slots } from './slots.ts';

/** Connectors as they are declared, and the server whose slots they read from. */
export interface Capture {
  readonly connect: ConnectClient;
  readonly slots: Slots;
}

/** @param adminUrl of PostgreSQL's superuser */
export async function openCapture(connectUrl: string, adminUrl: string): Promise<Capture> {
  return { connect: connectClient(connectUrl), slots: await openSlots(adminUrl) };
}

const POLL_MS = 200;
/** A snapshot of millions of rows comes first. */
const STREAMING_MS = 600_000;
const STOP_MS = 60_000;

export async function observe(
  { connect, slots }: Capture,
  { name, slot }: Connector,
): Promise<Diagnosis & { slot: Slot | undefined }> {
  const found = (await slots.all()).get(slot);
  const [status, offsets] = [await connect.status(name), await connect.offsets(name)];
  return { ...diagnose({ status, slot: found, offsets }), slot: found };
}

export type Applied = 'as it was' | 'created' | 'changed' | 'started again' | 'repaired';

/**
 * Brings a connector to what is declared and waits until it streams; one that missed changes is repaired. Repeating it
 * changes nothing.
 * @throws SetupError with what the connector says
 */
export async function apply(capture: Capture, connector: Connector): Promise<Applied> {
  const { connect } = capture;
  const { name, config } = connector;
  const known = await connect.config(name);
  const { condition } = await observe(capture, connector);
  if (condition === 'gap') {
    await repair(capture, connector);
    return 'repaired';
  }
  const same = isDeepStrictEqual(known, config);
  if (!same) await connect.configure(name, config);
  if (condition === 'stopped') await connect.resume(name);
  if (condition === 'failed') await connect.restartFailed(name);
  await streaming(capture, connector, condition === 'failed');
  if (known === undefined) return 'created';
  if (!same) return 'changed';
  return condition === 'stopped' || condition === 'failed' ? 'started again' : 'as it was';
}

/**
 * A new slot and a snapshot that begins exactly where the slot does: every row is told once more, so whatever was not told
 * is told now. Consumers pass over what they have by the rows' versions.
 */
export async function repair(capture: Capture, connector: Connector): Promise<void> {
  const { connect, slots } = capture;
  const { name, config, slot } = connector;
  if ((await connect.status(name)) !== undefined) {
    await connect.stop(name);
    await until(`connector ${name} does not stop`, STOP_MS, async () => {
      const status = await connect.status(name);
      return status?.connector.state === 'STOPPED' && status.tasks.length === 0;
    });
    await connect.forgetOffsets(name);
  }
  await until(`slot ${slot} is still read from`, STOP_MS, async () => {
    const found = (await slots.all()).get(slot);
    if (found?.active === true) return false;
    await slots.drop(slot);
    return true;
  });
  await connect.configure(name, config);
  await connect.resume(name);
  await streaming(capture, connector);
}

/** What failed before fails on in Connect's book until its restart is through. */
async function streaming(capture: Capture, connector: Connector, restarted = false): Promise<void> {
  const { name } = connector;
  const began = performance.now();
  await until(`connector ${name} does not stream`, STREAMING_MS, async () => {
    const { condition, detail } = await observe(capture, connector);
    const settled = !restarted || performance.now() - began > STOP_MS / 6;
    if ((condition === 'failed' && settled) || condition === 'gap') {
      throw new SetupError(
        `connector ${name}: ${detail}`,
        condition === 'gap' ? `./tw cdc repair ${name}` : './tw logs connect',
      );
    }
    return condition === 'streaming';
  });
}

async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + ms; !(await done()); await pause(POLL_MS)) {
    if (performance.now() > deadline)
      throw new SetupError(`${what} after ${ms / 1000} s`, './tw logs connect');
  }
}
