import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { exchange } from './exchange.ts';
import { isExecutable } from './find.ts';
import type { Launch, Places, Say } from './launch.ts';

export const RABBITMQ_USER = 'tradewind';
/** The server's own script: the one in Debian's sbin changes the user and forces the machine-wide node's files. */
const SCRIPT = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const NODE = 'tradewind@localhost';

export interface RabbitmqPorts {
  amqp: number;
  management: number;
  /** Erlang's own protocol between nodes and tools. */
  distribution: number;
}

/** Debian's rabbitmq-server (3.10) with its management plugin. */
export async function installRabbitmq(say: Say): Promise<string> {
  if (!isExecutable(SCRIPT)) await aptInstall(['rabbitmq-server'], say);
  return SCRIPT;
}

/** A node of its own: data, plugins, cookie and ports belong to this stack, and the only user is ours (no `guest`). */
export async function prepareRabbitmq(
  script: string,
  places: Places,
  ports: RabbitmqPorts,
  password: string,
): Promise<Launch> {
  const home = join(places.home, 'data/rabbitmq');
  const at = (name: string): string => join(home, name);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(at('rabbitmq.conf'), settings(ports, password), { mode: 0o600 });
  await writeFile(at('enabled_plugins'), '[rabbitmq_management].\n');
  return {
    command: script,
    args: [],
    env: {
      // Where Erlang keeps its cookie.
      HOME: home,
      RABBITMQ_NODENAME: NODE,
      RABBITMQ_DIST_PORT: String(ports.distribution),
      RABBITMQ_CONFIG_FILE: at('rabbitmq'),
      RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
      RABBITMQ_CONF_ENV_FILE: at('rabbitmq-env.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
      RABBITMQ_FEATURE_FLAGS_FILE: at('feature_flags'),
      RABBITMQ_MNESIA_BASE: at('mnesia'),
      RABBITMQ_LOG_BASE: at('log'),
      RABBITMQ_GENERATED_CONFIG_DIR: at('generated'),
      RABBITMQ_SCHEMA_DIR: at('schema'),
      // The script becomes the server instead of waiting beside it: one process to watch, to stop and to kill.
      RUNNING_UNDER_SYSTEMD: 'true',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [NAME(ports.distribution), MACHINE].join(' '),
      // RabbitMQ starts a helper every minute that would leave a name server (epmd) behind.
      ERL_FLAGS: '-start_epmd false',
      ERL_EPMD_PORT: String(ports.distribution),
      ERL_CRASH_DUMP_SECONDS: '0',
    },
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 20_000,
  };
}

/** Named from its first instruction on, at a known port, so that no name server is asked or started. */
const NAME = (port: number): string =>
  `-sname ${NODE} -erl_epmd_port ${port} -kernel inet_dist_use_interface {127,0,0,1}`;
/** Two schedulers, which sleep when they have nothing to do. */
const MACHINE = '+S 2:2 +SDcpu 1:1 +sbwt none +sbwtdcpu none +sbwtdio none';

/** Answers the opening of AMQP 0-9-1: listeners are opened last, when queues are recovered. */
export async function rabbitmqReady(port: number): Promise<boolean> {
  const answer = await exchange(port, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'));
  // A method frame on channel 0 that says connection.start.
  return (
    answer !== undefined && answer.length > 11 && answer[0] === 1 && answer.readUInt32BE(7) === 0xa_00_0a
  );
}

/** Also in `infra/compose/rabbitmq.conf`. */
export const LIMITS: Readonly<Record<string, string | number>> = {
  'vm_memory_high_watermark.absolute': '384MB',
  'disk_free_limit.absolute': '256MB',
  // What it holds of quorum queues is also held in memory: the default is 512 MB.
  'raft.wal_max_size_bytes': 67_108_864,
  collect_statistics_interval: 10_000,
};

function settings({ amqp, management }: RabbitmqPorts, password: string): string {
  const entries = {
    'listeners.tcp.default': `127.0.0.1:${amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': management,
    default_user: RABBITMQ_USER,
    default_pass: password,
    ...LIMITS,
    'log.console': true,
    'log.console.level': 'warning',
    // A probe that leaves after the greeting is no news.
    'log.connection.level': 'error',
    'log.file': false,
  };
  return Object.entries(entries)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}
