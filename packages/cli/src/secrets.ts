import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from '#supervisor/state.ts';

/** Passwords by role, made once per TW_HOME and kept in a file that only its owner reads. */
export interface Secrets {
  postgres: Record<string, string>;
  /** With which services and the CLI obtain tokens from identity. */
  serviceKey: string;
  rabbitmq: string;
  /** Of the users that are ours; devices have the contract's password. */
  mqtt: { ingest: string; messages: string };
}

const secretsFile = (home: string): string => join(home, 'secrets.json');
const random = (): string => randomBytes(24).toString('base64url');

/** Secrets for all the named database roles; what is missing is made and saved. */
export async function ensureSecrets(home: string, roles: readonly string[]): Promise<Secrets> {
  // The file of an earlier version has fewer of them.
  const known = await readJson<Partial<Secrets>>(secretsFile(home));
  const postgres = { ...known?.postgres };
  for (const role of roles) postgres[role] ??= random();
  const secrets = {
    postgres,
    serviceKey: known?.serviceKey ?? random(),
    rabbitmq: known?.rabbitmq ?? random(),
    mqtt: { ingest: known?.mqtt?.ingest ?? random(), messages: known?.mqtt?.messages ?? random() },
  };
  if (JSON.stringify(secrets) !== JSON.stringify(known)) await writeJson(secretsFile(home), secrets);
  return secrets;
}

export function readSecrets(home: string): Promise<Secrets | undefined> {
  return readJson<Secrets>(secretsFile(home));
}
