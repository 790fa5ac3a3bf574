import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import { logOf, type Stage, type Suite } from './suite.ts';

const cli = join(checkout, 'packages/cli/src/main.ts');

export interface OwnStack {
  /**
   * Brings up what is needed and is not up yet; false where that fails, and from then on. Suites on servers alone come
   * before those on the whole stack.
   */
  provide(needs: Suite['needs']): Promise<boolean>;
  /** Ends every process of the run's stack and removes its data; its logs stay with the run's own. */
  remove(): Promise<void>;
}

/** The run's own stack, brought up step by step: servers first, services when a suite asks for them. */
export function ownStack(stage: Stage): OwnStack {
  let started = false;
  const up: Record<Suite['needs'], Promise<boolean> | undefined> = {
    nothing: Promise.resolve(true),
    servers: undefined,
    stack: undefined,
    full: undefined,
  };
  const tw = async (log: string, ...args: string[]): Promise<boolean> => {
    started = true;
    return (await stage.run(logOf(stage, log), process.execPath, [cli, ...args])) === 0;
  };
  /** The services get servers without a past: integration tests leave events whose databases are gone. */
  async function wholeStack(): Promise<boolean> {
    if (up.servers) {
      await up.servers;
      await tw('servers', 'down', '--wipe');
    }
    return tw('stack', 'up');
  }
  /** A stack of profile core that is there becomes a full one, as an operator's does. */
  async function fullStack(): Promise<boolean> {
    const core = up.stack ?? (up.servers === undefined ? undefined : wholeStack());
    if (core !== undefined && !(await core)) return false;
    return tw('full', 'up', '--profile', 'full');
  }
  const servers = () => tw('servers', 'up', '--only', 'infra');
  const bring = { nothing: async () => true, servers, stack: wholeStack, full: fullStack };
  return {
    provide(needs) {
      return (up[needs] ??= bring[needs]());
    },
    async remove() {
      if (!started) return;
      const logs = join(stage.stackHome, 'logs');
      await cp(logs, join(stage.home, 'logs/stack'), { recursive: true, force: true }).catch(
        (error: NodeJS.ErrnoException) => {
          // Nothing had been started far enough to write one.
          if (error.code !== 'ENOENT') throw error;
        },
      );
      await stage.run(logOf(stage, 'down'), process.execPath, [cli, 'down', '--wipe']);
    },
  };
}
