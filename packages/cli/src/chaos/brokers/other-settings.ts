import { SetupError } from '@tradewind/native/run.ts';
import { onInterrupt } from '#chaos/interruption.ts';
import type { Scene } from '#chaos/scene.ts';
import { readSpecs } from '#supervisor/state.ts';
import { waitReady } from '#up/wait-ready.ts';

const READY_MS = 60_000;

/** Restarts a service of the stack with other settings. Answers how to put its own back. */
export async function withSettings(
  { home, supervisor }: Pick<Scene, 'home' | 'supervisor'>,
  service: string,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const spec = (await readSpecs(home)).find(({ name }) => name === service);
  if (spec === undefined) throw new SetupError(`this stack has no ${service}`, './tw up');
  const run = async (env: Record<string, string>): Promise<void> => {
    await supervisor({ op: 'ensure', spec: { ...spec, env } });
  };
  const release = onInterrupt(() => run(spec.env));
  const putBack = async (): Promise<void> => {
    release();
    await run(spec.env);
    await waitReady(supervisor, home, [service], READY_MS);
  };
  try {
    await run({ ...spec.env, ...settings });
    await waitReady(supervisor, home, [service], READY_MS);
  } catch (error) {
    await putBack();
    throw error;
  }
  return putBack;
}
