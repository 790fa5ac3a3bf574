import { globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { exchange } from './exchange.ts';
import { which } from './find.ts';
import type { Launch, Places, Say } from './launch.ts';
import { mosquittoSecurity, type MqttUser } from './mosquitto-security.ts';
import { SetupError } from './run.ts';

export interface MosquittoInstall {
  binary: string;
  /** The plugin that decides who may do what. */
  security: string;
}

const PLUGIN = 'mosquitto_dynamic_security.so';

/** Debian's mosquitto (2.0), and its command line clients, which people try the broker with. */
export async function installMosquitto(say: Say): Promise<MosquittoInstall> {
  if (which('mosquitto') === undefined || which('mosquitto_pub') === undefined)
    await aptInstall(['mosquitto', 'mosquitto-clients'], say);
  const [security] = globSync([`/usr/lib/*/${PLUGIN}`, `/usr/lib/${PLUGIN}`]);
  if (security === undefined) throw new SetupError(`${PLUGIN} is missing beside mosquitto`);
  return { binary: which('mosquitto') ?? 'mosquitto', security };
}

export async function prepareMosquitto(
  { binary, security }: MosquittoInstall,
  places: Places,
  port: number,
  users: readonly MqttUser[],
): Promise<Launch> {
  const home = join(places.home, 'data/mosquitto');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = join(home, 'security.json');
  await writeFile(file, mosquittoSecurity(users), { mode: 0o600 });
  const config = join(home, 'mosquitto.conf');
  await writeFile(config, settings({ home, port, plugin: security, file }));
  return {
    command: binary,
    args: ['-c', config],
    env: {},
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 10_000,
  };
}

/** Answers a CONNECT without a name, if only to refuse it. */
export async function mosquittoReady(port: number): Promise<boolean> {
  const connect = [0, 4, ...Buffer.from('MQTT'), 5, 2, 0, 10, 0, 0, 0];
  const answer = await exchange(port, Buffer.from([0x10, connect.length, ...connect]));
  return answer?.[0] === 0x20;
}

interface Settings {
  home: string;
  port: number;
  plugin: string;
  file: string;
}

function settings({ home, port, plugin, file }: Settings): string {
  const lines = [
    'per_listener_settings false',
    // Root would be given up for a user that may not pass a closed home.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    `plugin ${plugin}`,
    `plugin_opt_config_file ${file}`,
    ...LIMITS,
    `persistence_location ${home}/`,
    'log_dest stdout',
    'log_type error',
    'log_type warning',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Also in `infra/compose/mosquitto.conf`. */
export const LIMITS: readonly string[] = [
  'allow_anonymous false',
  'max_packet_size 65536',
  // Of a session whose reader is away: readings of an outage wait here. Memory is the limit, not a number.
  'max_queued_messages 0',
  // How many are under way is up to the reader (Receive Maximum).
  'max_inflight_messages 0',
  'persistent_client_expiration 7d',
  'persistence true',
  // Everything is saved this often, and when it stops; what is killed loses what came since (ADR 0033).
  'autosave_interval 2',
];
