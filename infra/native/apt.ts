import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { which } from './find.ts';
import type { Say } from './launch.ts';
import { attempt, run, SetupError } from './run.ts';
import { turns } from './turn.ts';

/** Servers are fetched side by side, but Debian's package manager works for one at a time. */
const myTurn = turns();
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs Debian packages, as root only; package lists are fetched only where the first try fails.
 * While it runs, a policy file forbids package scripts to start servers: the stack starts its own, on its own ports.
 */
export async function aptInstall(packages: string[], say: Say): Promise<void> {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (which('apt-get') === undefined)
    throw new SetupError(`${packages.join(', ')} missing, and this is not a Debian machine`);
  if (process.getuid?.() !== 0) throw new SetupError(`${packages.join(', ')} missing`, `sudo ${command}`);
  say(`installing ${packages.join(', ')}`);
  await myTurn(() => install(packages));
}

async function install(packages: string[]): Promise<void> {
  const guarded = !existsSync(POLICY);
  if (guarded) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const args = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'install', ...packages];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const first = await attempt('apt-get', args, { env });
    if (first.code === 0) return;
    await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], { env });
    await run('apt-get', args, { env });
  } finally {
    if (guarded) rmSync(POLICY, { force: true });
  }
}
