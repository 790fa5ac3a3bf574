import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { which } from '@tradewind/native/find.ts';
import { JAVA as CASSANDRA_JAVA } from '@tradewind/native/cassandra.ts';
import { findJava } from '@tradewind/native/java.ts';
import { JAVA as OPENSEARCH_JAVA } from '@tradewind/native/opensearch.ts';
import type { Places } from '@tradewind/native/launch.ts';
import { attempt } from '@tradewind/native/run.ts';
import { unprivileged } from '@tradewind/native/unprivileged.ts';
import type { Profile } from '#environment.ts';
import { isFree, type Ports } from '#ports.ts';
import { SERVER_PORTS, serversOf } from '#up/servers.ts';
import { liveProcess, readState } from '#supervisor/state.ts';

export interface Finding {
  what: string;
  /** `missing` stops `up`; `later` is what `up` does by itself. */
  level: 'ok' | 'later' | 'missing';
  detail: string;
  /** The command that puts it right. */
  fix?: string;
}

const GIB = 2 ** 30;

/** Looks at everything that `up` needs of this machine. Changes nothing. */
export async function examine(places: Places, ports: Ports, profile: Profile): Promise<Finding[]> {
  const tools = await Promise.all([
    node(),
    tool('maven', 'mvn', places),
    tool('redis-server', 'redis-server'),
    tool('rabbitmq-server', 'rabbitmq-server'),
    tool('mosquitto', 'mosquitto'),
    java(),
    ...(profile === 'full' ? [tool('prometheus', 'prometheus'), javaOfCassandra(), javaOfOpensearch()] : []),
  ]);
  return [
    ...tools,
    await rootless(),
    await disk(places.home),
    await disk(places.cache),
    memory(profile),
    await busy(places, ports, profile),
    await docker(),
  ];
}

const isRoot = (): boolean => process.getuid?.() === 0;
const apt = (name: string): string => `${isRoot() ? '' : 'sudo '}apt-get install -y ${name}`;

/** What root's `up` installs by itself is only told; others must be told the command. */
function absent(what: string, packageName: string): Finding {
  const byItself = isRoot() && which('apt-get') !== undefined;
  return {
    what,
    level: byItself ? 'later' : 'missing',
    detail: byItself ? 'up installs it' : 'not found',
    fix: apt(packageName),
  };
}

function node(): Finding {
  return { what: 'node', level: 'ok', detail: `${process.version} (brought by ./tw)` };
}

function tool(what: string, command: string, places?: Places): Finding {
  const found = which(command);
  if (found !== undefined) return { what, level: 'ok', detail: found };
  // Maven only fetches: with everything in the cache nobody misses it.
  const fetched = ['kafka-4.3.0', 'apicurio-registry-3.0.9'].every(
    (it) => places !== undefined && existsSync(join(places.cache, it)),
  );
  return fetched ? { what, level: 'ok', detail: 'not needed: all is in the cache' } : absent(what, what);
}

async function java(): Promise<Finding> {
  const found = await findJava();
  return found === undefined
    ? absent('java 17+', 'openjdk-17-jre-headless')
    : { what: 'java 17+', level: 'ok', detail: found };
}

async function javaOfCassandra(): Promise<Finding> {
  const what = 'java 17 for Cassandra';
  const found = await findJava(CASSANDRA_JAVA);
  if (found !== undefined) return { what, level: 'ok', detail: found };
  return { ...absent('java', 'openjdk-17-jre-headless'), what };
}

async function javaOfOpensearch(): Promise<Finding> {
  const what = 'java for OpenSearch';
  const found = await findJava(OPENSEARCH_JAVA);
  const detail =
    found === undefined ? 'no java of 21 or later: OpenSearch 2.19 on java 17' : `OpenSearch 3 on ${found}`;
  return { what, level: 'ok', detail };
}

async function rootless(): Promise<Finding> {
  const what = 'postgres without root';
  try {
    const { prefix } = await unprivileged(['true']);
    return { what, level: 'ok', detail: isRoot() ? `root, runs under ${prefix[0]}` : 'ordinary user' };
  } catch (error) {
    return { what, level: 'missing', detail: (error as Error).message, fix: 'run ./tw as an ordinary user' };
  }
}

async function disk(folder: string): Promise<Finding> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = (bavail * bsize) / GIB;
  const detail = `${free.toFixed(1)} GiB free`;
  const variable = folder.endsWith('.run') ? 'TW_HOME' : 'TW_CACHE';
  if (free >= 3) return { what: folder, level: 'ok', detail };
  return {
    what: folder,
    level: 'missing',
    detail: `${detail}, 3 needed`,
    fix: `${variable}=<a folder with room> ./tw up`,
  };
}

/** What the servers of a profile and the services take together, in GiB: see docs/servers.md. */
const MEMORY: Record<Profile, number> = { core: 3, full: 6 };

function memory(profile: Profile): Finding {
  const total = totalmem() / GIB;
  const needed = MEMORY[profile];
  const detail = `${total.toFixed(1)} GiB`;
  if (total >= needed) return { what: 'memory', level: 'ok', detail };
  return {
    what: 'memory',
    level: 'missing',
    detail: `${detail}, ${needed} needed`,
    ...(profile === 'full' ? { fix: './tw up --profile core' } : {}),
  };
}

/** Ports held by our own processes are fine. */
async function busy({ home }: Places, ports: Ports, profile: Profile): Promise<Finding> {
  const ours = new Set(
    ((await readState(home))?.processes ?? []).filter((it) => liveProcess(it)).map((it) => it.port),
  );
  const running = ours.size > 0;
  const wanted = serversOf(profile);
  const others = serversOf('full').filter((name) => !wanted.includes(name));
  const foreign = new Set<string>(others.flatMap((name) => SERVER_PORTS[name]));
  const open = Object.entries(ports).filter(
    ([name, port]) => !ours.has(port) && !foreign.has(name) && !(running && COMPANION.test(name)),
  );
  const taken = (
    await Promise.all(open.map(async ([name, port]) => ((await isFree(port)) ? [] : [`${port} (${name})`])))
  ).flat();
  if (taken.length === 0)
    return { what: 'ports', level: 'ok', detail: running ? 'held by this stack' : 'free' };
  return {
    what: 'ports',
    level: 'missing',
    detail: `in use: ${taken.join(', ')}`,
    fix: 'TW_PORT_BASE=20000 ./tw up',
  };
}

/** Second listeners of a process: the state names only the first. */
const COMPANION = /-(grpc|controller|management|distribution|storage|transport|smtp)$/;

async function docker(): Promise<Finding> {
  const what = 'docker (optional)';
  if (which('docker') === undefined)
    return { what, level: 'ok', detail: 'not installed: servers run natively' };
  const answers = (await attempt('docker', ['info'])).code === 0;
  return {
    what,
    level: 'ok',
    detail: answers ? 'daemon answers: up may use compose' : 'no daemon: servers run natively',
  };
}
