import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderDigest } from './digest.ts';
import { assembleOnce } from './download.ts';
import { exchange } from './exchange.ts';
import { requireJava } from './java.ts';
import type { Launch, Places, Say } from './launch.ts';
import { copyJars } from './maven.ts';
import { run } from './run.ts';

const VERSION = '4.3.0';
/** Over all 92 jars: a different set, even of one transitive dependency, is refused. */
const DIGEST = 'a240cd202b4214f2a0e18ec17802a9041f35e172e370a943443ed9942fabb429';
const ARTIFACTS = [
  { group: 'org.apache.kafka', name: 'kafka_2.13', version: VERSION },
  { group: 'org.apache.kafka', name: 'kafka-tools', version: VERSION },
  { group: 'org.apache.logging.log4j', name: 'log4j-slf4j-impl', version: '2.24.3' },
];

export interface KafkaInstall {
  java: string;
  classpath: string;
}

/** Apache Kafka from its Maven artifacts: 54 MB, once per cache. */
export async function installKafka(cache: string, say: Say): Promise<KafkaInstall> {
  const java = await requireJava(say);
  const folder = await assembleOnce({
    cache,
    name: `kafka-${VERSION}`,
    expected: DIGEST,
    build: async (target) => {
      say(`fetching Kafka ${VERSION} (54 MB)`);
      await copyJars(cache, ARTIFACTS, target, say);
    },
    digest: (target) => folderDigest(target, '.jar').catch(() => ''),
  });
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  return { java, classpath: jars.map((name) => join(folder, name)).join(':') };
}

/** Writes the settings and, the first time, formats the storage. `controllerPort` is the node's own quorum listener. */
export async function prepareKafka(
  { java, classpath }: KafkaInstall,
  places: Places,
  port: number,
  controllerPort: number,
): Promise<Launch> {
  const home = join(places.home, 'data/kafka');
  const data = join(home, 'logs');
  const temporary = join(home, 'tmp');
  await mkdir(temporary, { recursive: true });
  const properties = join(home, 'server.properties');
  await writeFile(properties, settings({ data, port, controllerPort }));
  await writeFile(join(home, 'log4j2.xml'), LOG4J);
  if (!existsSync(join(data, 'meta.properties'))) {
    const id = await clusterId(home);
    const format = [
      '-cp',
      classpath,
      'kafka.tools.StorageTool',
      'format',
      '--ignore-formatted',
      '-t',
      id,
      '-c',
      properties,
    ];
    await run(java, ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', ...format]);
  }
  // Native codecs are unpacked into the temporary folder: ours.
  const folders = ['-XX:-UsePerfData', `-Djava.io.tmpdir=${temporary}`];
  const jvm = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError', ...folders];
  return {
    command: java,
    args: [
      ...jvm,
      `-Dlog4j2.configurationFile=${join(home, 'log4j2.xml')}`,
      '-cp',
      classpath,
      'kafka.Kafka',
      properties,
    ],
    env: {},
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 20_000,
  };
}

/** Answers an ApiVersions request (v0, no flexible fields): the broker opens its listener only after registering itself. */
export async function kafkaReady(port: number): Promise<boolean> {
  const client = Buffer.from('tw');
  const body = Buffer.alloc(10 + client.length);
  body.writeInt16BE(18, 0);
  body.writeInt16BE(0, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(client.length, 8);
  client.copy(body, 10);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  const answer = await exchange(port, Buffer.concat([size, body]));
  return answer !== undefined && answer.length >= 10 && answer.readInt16BE(8) === 0;
}

/** The id outlives a formatting that was interrupted, so that a second try never mixes two clusters. */
async function clusterId(home: string): Promise<string> {
  const file = join(home, 'cluster-id');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known;
  // Kafka's own form: 16 random bytes in URL-safe base64; a leading "-" would read as an option.
  const id = `T${randomBytes(16).toString('base64url').slice(1)}`;
  await writeFile(file, id);
  return id;
}

function settings({
  data,
  port,
  controllerPort,
}: {
  data: string;
  port: number;
  controllerPort: number;
}): string {
  const entries = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    // After a crash the node is let in again only when its old session has ended: 9 s by default.
    'broker.heartbeat.interval.ms': '1000',
    'broker.session.timeout.ms': '4000',
    'auto.create.topics.enable': 'false',
    'num.partitions': '12',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    // Positions of a group that rests for months are still needed: a projection starts where it stopped.
    'offsets.retention.minutes': '2147483647',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // Topics are the record that projections are rebuilt from: nothing is deleted by age unless a topic says so.
    'log.retention.ms': '-1',
    'log.retention.bytes': '-1',
    'message.max.bytes': '2097152',
    'replica.fetch.max.bytes': '2097152',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'num.recovery.threads.per.data.dir': '2',
  };
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

const LOG4J = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="warn">
  <Appenders><Console name="out"><PatternLayout pattern="%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %c{1} %m%n"/></Console></Appenders>
  <Loggers>
    <Logger name="kafka.server.KafkaRaftServer" level="info"/>
    <Root level="warn"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
`;
