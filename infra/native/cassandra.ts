import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderDigest } from './digest.ts';
import { assembleOnce } from './download.ts';
import { exchange } from './exchange.ts';
import { type JavaVersions, requireJava } from './java.ts';
import type { Launch, Places, Say } from './launch.ts';
import { copyJars } from './maven.ts';
import { ownedFolder, unprivileged } from './unprivileged.ts';

const VERSION = '5.0.9';
/** Over all 90 jars: a different set, even of one transitive dependency, is refused. */
const DIGEST = '0ab456837c5e04f1b3d0bfc1596b99dc4c9f8a9740b1ae3d7d024265005a4a87';
const ARTIFACTS = [{ group: 'org.apache.cassandra', name: 'cassandra-all', version: VERSION }];
/** Of the native libraries only those of this kind of machine. */
const OTHER_MACHINES = ['osx-aarch_64', 'osx-x86_64', 'linux-aarch_64', 'linux-riscv64', 'windows-x86_64'];

/** It starts on no other. */
export const JAVA: JavaVersions = { from: 17, to: 17 };

export interface CassandraInstall {
  java: string;
  jars: readonly string[];
}

export interface CassandraPorts {
  native: number;
  /** Between nodes, of which there is one. */
  storage: number;
}

/** Apache Cassandra from its Maven artifacts: 62 MB, once per cache. */
export async function installCassandra(cache: string, say: Say): Promise<CassandraInstall> {
  const java = await requireJava(say, JAVA);
  const folder = await assembleOnce({
    cache,
    name: `cassandra-${VERSION}`,
    expected: DIGEST,
    build: async (target) => {
      say(`fetching Cassandra ${VERSION} (62 MB)`);
      await copyJars(cache, ARTIFACTS, target, say, { excludeClassifiers: OTHER_MACHINES });
    },
    digest: (target) => folderDigest(target, '.jar').catch(() => ''),
  });
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  return { java, jars: jars.map((name) => join(folder, name)) };
}

/** One node that starts at once: nobody to gossip with, one token. */
export async function prepareCassandra(
  { java, jars }: CassandraInstall,
  places: Places,
  ports: CassandraPorts,
): Promise<Launch> {
  const home = join(places.home, 'data/cassandra');
  const wrapping = await unprivileged([java, '-XX:-UsePerfData', '-version']);
  await mkdir(join(places.home, 'data'), { recursive: true });
  await ownedFolder(home, wrapping);
  for (const name of FOLDERS) await ownedFolder(join(home, name), wrapping);
  await writeFile(join(home, 'conf/cassandra.yaml'), settings(home, ports), { mode: 0o644 });
  await writeFile(join(home, 'conf/logback.xml'), LOGBACK, { mode: 0o644 });
  const agent = jars.find((jar) => /\/jamm-[^/]+\.jar$/.test(jar));
  const [command = '', ...args] = [
    ...wrapping.prefix,
    java,
    ...['-Xms384m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:MaxDirectMemorySize=256m', '-Xss256k'],
    ...['-XX:+ExitOnOutOfMemoryError', '-XX:-UsePerfData', `-javaagent:${agent}`],
    ...EXPORTS.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
    ...OPENS.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
    ...Object.entries(properties(home)).map(([name, value]) => `-D${name}=${value}`),
    ...['-cp', [join(home, 'conf'), ...jars].join(':'), 'org.apache.cassandra.service.CassandraDaemon'],
  ];
  return { command, args, env: { HOME: home }, cwd: home, stopSignal: 'SIGTERM', stopMs: 20_000 };
}

/** Answers OPTIONS of the native protocol (v4, opcode 5) with SUPPORTED (6): the port opens after the start-up. */
export async function cassandraReady(port: number): Promise<boolean> {
  const answer = await exchange(port, Buffer.from([0x04, 0, 0, 0, 0x05, 0, 0, 0, 0]));
  return answer !== undefined && answer[0] === 0x84 && answer[4] === 0x06;
}

const FOLDERS = ['conf', 'data', 'commitlog', 'hints', 'saved_caches', 'cdc_raw', 'tmp', 'log'];

const settings = (home: string, ports: CassandraPorts): string => `cluster_name: tradewind
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [{ seeds: '127.0.0.1:${ports.storage}' }]
listen_address: 127.0.0.1
storage_port: ${ports.storage}
rpc_address: 127.0.0.1
native_transport_port: ${ports.native}
start_native_transport: true
authenticator: AllowAllAuthenticator
authorizer: AllowAllAuthorizer
data_file_directories: ['${home}/data']
commitlog_directory: ${home}/commitlog
hints_directory: ${home}/hints
saved_caches_directory: ${home}/saved_caches
cdc_raw_directory: ${home}/cdc_raw
# What was acknowledged is on disk, as in PostgreSQL; writers within 5 ms share the wait.
commitlog_sync: group
commitlog_sync_group_window: 5ms
commitlog_segment_size: 8MiB
commitlog_total_space: 256MiB
memtable_heap_space: 96MiB
memtable_offheap_space: 64MiB
memtable_allocation_type: heap_buffers
file_cache_size: 32MiB
networking_cache_size: 16MiB
key_cache_size: 16MiB
counter_cache_size: 4MiB
concurrent_reads: 16
concurrent_writes: 32
concurrent_compactors: 1
concurrent_counter_writes: 8
auto_snapshot: false
`;

const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%date{ISO8601} %p %logger{20} %msg%n</pattern></encoder></appender>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
`;

const properties = (home: string): Record<string, string | number | boolean> => ({
  'java.io.tmpdir': join(home, 'tmp'),
  'jna.tmpdir': join(home, 'tmp'),
  'jdk.attach.allowAttachSelf': true,
  'io.netty.tryReflectionSetAccessible': true,
  'logback.configurationFile': `file://${home}/conf/logback.xml`,
  'cassandra.config': `file://${home}/conf/cassandra.yaml`,
  'cassandra.storagedir': home,
  'cassandra.logdir': join(home, 'log'),
  'cassandra-foreground': 'yes',
  'cassandra.skip_wait_for_gossip_to_settle': 0,
  'cassandra.ring_delay_ms': 1000,
  'cassandra.load_ring_state': false,
  'cassandra.superuser_setup_delay_ms': 0,
  'cassandra.initial_token': 0,
  // 0: no listener for management.
  'cassandra.jmx.local.port': 0,
});

const EXPORTS = [
  'java.base/jdk.internal.misc',
  'java.base/java.lang.ref',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.sql/java.sql',
  'jdk.attach/sun.tools.attach',
];
const OPENS = [
  ...['lang', 'lang.module', 'lang.reflect', 'io', 'nio', 'util'].map((name) => `java.base/java.${name}`),
  'java.base/sun.nio.ch',
  ...['loader', 'ref', 'reflect', 'math', 'module', 'util.jar'].map(
    (name) => `java.base/jdk.internal.${name}`,
  ),
  'jdk.management/com.sun.management.internal',
];
