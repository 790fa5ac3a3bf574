import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderDigest } from './digest.ts';
import { assembleOnce } from './download.ts';
import { requireJava } from './java.ts';
import type { Launch, Places, Say } from './launch.ts';
import { copyJars } from './maven.ts';

const KAFKA = '4.3.0';
const DEBEZIUM = '3.7.0.Final';
/** Over all 86 jars: a different set, even of one transitive dependency, is refused. */
const DIGEST = '2291053d46689c1de6d15925eb884b8a03fcfa581b80d6d2707ef5be7af13b3a';
const ARTIFACTS = [
  { group: 'io.debezium', name: 'debezium-connector-postgres', version: DEBEZIUM },
  { group: 'org.apache.kafka', name: 'connect-runtime', version: KAFKA },
  { group: 'org.apache.kafka', name: 'connect-json', version: KAFKA },
  // 3.x of the converter is not published for Maven; it speaks to the registry's version 2 API.
  { group: 'io.apicurio', name: 'apicurio-registry-utils-converter', version: '2.6.13.Final' },
];

export interface ConnectInstall {
  java: string;
  classpath: string;
}

/** Kafka Connect with Debezium's connector for PostgreSQL, from their Maven artifacts: 45 MB, once per cache. */
export async function installConnect(cache: string, say: Say): Promise<ConnectInstall> {
  const java = await requireJava(say);
  const folder = await assembleOnce({
    cache,
    name: `debezium-${DEBEZIUM}`,
    expected: DIGEST,
    build: async (target) => {
      say(`fetching Kafka Connect ${KAFKA} and Debezium ${DEBEZIUM} (45 MB)`);
      await copyJars(cache, ARTIFACTS, target, say);
    },
    digest: (target) => folderDigest(target, '.jar').catch(() => ''),
  });
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  return { java, classpath: jars.map((name) => join(folder, name)).join(':') };
}

/**
 * One worker. What it knows (connectors, positions) is in Kafka, in topics that it makes itself.
 * @param capture variables that connectors may name as `${env:CDC_…}`, so that no password stands in Kafka
 */
export async function prepareConnect(
  { java, classpath }: ConnectInstall,
  places: Places,
  port: number,
  kafka: string,
  capture: Readonly<Record<string, string>>,
): Promise<Launch> {
  const home = join(places.home, 'data/connect');
  const temporary = join(home, 'tmp');
  await mkdir(temporary, { recursive: true });
  await writeFile(join(home, 'connect.properties'), settings(port, kafka));
  await writeFile(join(home, 'log4j2.xml'), LOG4J);
  return {
    command: java,
    args: [
      ...[
        '-Xms128m',
        '-Xmx384m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-XX:+ExitOnOutOfMemoryError',
      ],
      ...['-XX:-UsePerfData', `-Djava.io.tmpdir=${temporary}`],
      `-Dlog4j2.configurationFile=${join(home, 'log4j2.xml')}`,
      ...[
        '-cp',
        classpath,
        'org.apache.kafka.connect.cli.ConnectDistributed',
        join(home, 'connect.properties'),
      ],
    ],
    env: { ...capture },
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 15_000,
  };
}

/** Answers once the worker has joined its group and read what it knows. */
export async function connectReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/connectors`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

function settings(port: number, kafka: string): string {
  const entries = {
    'bootstrap.servers': kafka,
    'group.id': 'tradewind.connect',
    listeners: `http://127.0.0.1:${port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'rest.advertised.port': port,
    'config.storage.topic': 'connect.configs',
    'offset.storage.topic': 'connect.offsets',
    'status.storage.topic': 'connect.status',
    'config.storage.replication.factor': 1,
    'offset.storage.replication.factor': 1,
    'status.storage.replication.factor': 1,
    'offset.storage.partitions': 4,
    'status.storage.partitions': 2,
    // Each connector names its own.
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'config.providers': 'env',
    'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
    'config.providers.env.param.allowlist.pattern': 'CDC_[A-Z_]+',
    // What was sent and not yet noted is sent again after a crash.
    'offset.flush.interval.ms': 1_000,
    'plugin.discovery': 'only_scan',
    // A worker that died is missed after this time, and its connectors begin again.
    'session.timeout.ms': 6_000,
    'heartbeat.interval.ms': 2_000,
    'scheduled.rebalance.max.delay.ms': 0,
  };
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const LOG4J = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="warn">
  <Appenders><Console name="out"><PatternLayout pattern="%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %c{1} %m%n"/></Console></Appenders>
  <Loggers><Root level="warn"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
`;
