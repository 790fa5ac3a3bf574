import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REGISTRY_DATABASE } from '@tradewind/native/registry.ts';
import { SUPERUSER } from '@tradewind/native/postgres.ts';
import type { Profile, Stack } from '#environment.ts';
import { places } from '#places.ts';
import { portTable } from '#ports.ts';
import { ensureSecrets } from '#secrets.ts';
import { captureRole, services } from '#stack.ts';
import { roleNames } from '#up/databases.ts';

const profileFile = (home: string): string => join(home, 'profile');

/** Which profile a TW_HOME has; `up` without `--profile` goes on with it. */
async function profileOf(home: string): Promise<Profile> {
  const noted = await readFile(profileFile(home), 'utf8').catch(() => '');
  return noted.trim() === 'full' ? 'full' : 'core';
}

export const noteProfile = ({ places, profile }: Stack): Promise<void> =>
  writeFile(profileFile(places.home), `${profile}\n`);

/** The stack that this checkout, TW_HOME and TW_PORT_BASE describe; passwords are made on the first call. */
export async function describeStack(profile?: Profile, env: NodeJS.ProcessEnv = process.env): Promise<Stack> {
  const where = places(env);
  const known = services();
  const names = known.filter((it) => it.database).map((it) => it.name);
  const capturing = known.filter((it) => it.captured).map((it) => captureRole(it.name));
  const roles = [SUPERUSER, REGISTRY_DATABASE, ...roleNames(names), ...capturing];
  const secrets = await ensureSecrets(where.home, roles);
  const ports = portTable(env['TW_PORT_BASE']);
  return { places: where, ports, secrets, profile: profile ?? (await profileOf(where.home)) };
}
