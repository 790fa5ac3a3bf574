import { chown, mkdir } from 'node:fs/promises';
import { attempt, SetupError } from './run.ts';

/** How a server that refuses root is run: the words before its command, and who must own its data. */
export interface Wrapping {
  prefix: string[];
  owner: { uid: number; gid: number } | undefined;
}

const NOBODY = 65_534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
/** Below a closed home (0700) the server must pass folders that its user could not. */
const PASSING = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];

/**
 * PostgreSQL refuses to run as root. In a user namespace root looks like an ordinary user to it while files stay root's
 * own; where namespaces are forbidden it runs as nobody. `probe` is a harmless command (the server's `--version`) that
 * must work in the wrapping that is chosen.
 */
export async function unprivileged(probe: string[]): Promise<Wrapping> {
  if (process.getuid?.() !== 0) return { prefix: [], owner: undefined };
  const namespace = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  if (await works([...namespace, ...probe])) return { prefix: namespace, owner: undefined };
  for (const prefix of [[...AS_NOBODY, ...PASSING], AS_NOBODY]) {
    if (await works([...prefix, ...probe])) return { prefix, owner: { uid: NOBODY, gid: NOBODY } };
  }
  throw new SetupError(
    'PostgreSQL refuses root, and neither user namespaces nor setpriv work here',
    'run ./tw as an ordinary user',
  );
}

/** A folder that the wrapped server can own. */
export async function ownedFolder(path: string, { owner }: Wrapping): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}

async function works([command = '', ...args]: string[]): Promise<boolean> {
  return (await attempt(command, args, { cwd: '/' })).code === 0;
}
