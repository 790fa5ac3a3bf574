import { freePort } from '@tradewind/testing/free-port.ts';
import { SetupError } from '@tradewind/native/run.ts';
import { readSpecs } from '#supervisor/state.ts';
import { waitReady } from '#up/wait-ready.ts';
import { onInterrupt } from './interruption.ts';
import type { Scene } from './scene.ts';

const READY_MS = 60_000;

export interface SecondProcess {
  readonly name: string;
  readonly url: string;
  /** Stops it and lets the supervisor forget it. */
  remove(): Promise<void>;
}

/** A second process of a service beside the stack's own, supervised like it: somebody to take a relay over. */
export async function startSecond(
  { home, supervisor }: Pick<Scene, 'home' | 'supervisor'>,
  service: string,
): Promise<SecondProcess> {
  const spec = (await readSpecs(home)).find(({ name }) => name === service);
  if (spec === undefined) throw new SetupError(`this stack has no ${service}`, './tw up');
  const name = `${service}-second`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...spec.env,
    PORT: String(port),
    SCHEMA_CACHE_FILE: `${spec.env['SCHEMA_CACHE_FILE']}.second`,
  };
  const remove = async (): Promise<void> => {
    release();
    await supervisor({ op: 'remove', name });
  };
  const release = onInterrupt(remove);
  try {
    const probe = { kind: 'http', url: `${url}/health/ready` } as const;
    await supervisor({ op: 'ensure', spec: { ...spec, name, port, env, probe } });
    await waitReady(supervisor, home, [name], READY_MS);
  } catch (error) {
    await remove();
    throw error;
  }
  return { name, url, remove };
}
