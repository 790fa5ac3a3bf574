import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDigest, folderDigest } from './digest.ts';
import { assembleOnce } from './download.ts';
import { findJava, type JavaVersions, requireJava } from './java.ts';
import type { Launch, Places, Say } from './launch.ts';
import { copyFile, copyJars, unpack } from './maven.ts';
import { attempt } from './run.ts';
import { ownedFolder, unprivileged } from './unprivileged.ts';

/** The project's own distribution without a JDK, as published for its integration tests. */
const DISTRIBUTION = { group: 'org.opensearch.distribution.integ-test-zip', name: 'opensearch' };
/** Of the newest. */
export const JAVA: JavaVersions = { from: 21, to: Number.POSITIVE_INFINITY };
const NEWEST = {
  version: '3.6.0',
  java: JAVA,
  digest: 'a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286',
};
/** For machines with nothing but Java 17. Its distribution lacks the modules, which are published as jars. */
const OLDER = {
  ...{
    version: '2.19.6',
    java: { from: 17, to: 17 },
    digest: '71d6d8b1c637f3faecda0752b184b1cc526fc6eaad59ec1408c6327bb00b9293',
  },
  jars: '1bb7deff1ec0cc2bd1534f69e6e7cf3079b99fc924b8f62f9b202c874962bba0',
};

export interface OpensearchInstall {
  java: string;
  folder: string;
}

export interface OpensearchPorts {
  http: number;
  /** Between nodes, of which there is one. */
  transport: number;
}

/** OpenSearch 3 where a Java of 21 or later is found, else 2.19. */
export async function installOpensearch(cache: string, say: Say): Promise<OpensearchInstall> {
  const java = await findJava(NEWEST.java);
  if (java !== undefined) return { java, folder: await distribution(cache, NEWEST, say) };
  const older = await requireJava(say, OLDER.java);
  const folder = await distribution(cache, OLDER, say);
  await addModules(cache, folder, say);
  return { java: older, folder };
}

/** 162 or 56 MB, once per cache. */
function distribution(
  cache: string,
  { version, digest }: { version: string; digest: string },
  say: Say,
): Promise<string> {
  const archive = `opensearch-${version}.zip`;
  return assembleOnce({
    cache,
    name: `opensearch-${version}`,
    expected: digest,
    build: async (target) => {
      say(`fetching OpenSearch ${version}`);
      await copyFile(cache, { ...DISTRIBUTION, version }, 'zip', target, say);
      await unpack(cache, { ...DISTRIBUTION, version }, 'zip', target, say);
      const bin = join(target, `opensearch-${version}/bin`);
      for (const name of await readdir(bin)) await chmod(join(bin, name), 0o755);
    },
    digest: (target) => fileDigest(join(target, archive)).catch(() => ''),
  }).then((folder) => join(folder, `opensearch-${version}`));
}

const MODULES = [
  {
    name: 'lang-painless',
    main: 'org.opensearch.painless.PainlessPlugin',
    jars: /^(lang-painless|opensearch-scripting-painless-spi|antlr4-runtime|asm)/,
    policy: `grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
  permission org.opensearch.script.ClassPermission "<<STANDARD>>";
  permission java.util.PropertyPermission "*","read";
};
`,
  },
  {
    name: 'analysis-common',
    main: 'org.opensearch.analysis.common.CommonAnalysisPlugin',
    jars: /^analysis-common/,
    extends: 'lang-painless',
  },
];

/** What search needs beyond the bare server: analyzers, and the scripts that they extend. */
async function addModules(cache: string, folder: string, say: Say): Promise<void> {
  const { version } = OLDER;
  const jars = await assembleOnce({
    cache,
    name: `opensearch-modules-${version}`,
    expected: OLDER.jars,
    build: (target) =>
      copyJars(
        cache,
        MODULES.map(({ name }) => ({ group: 'org.opensearch.plugin', name, version })),
        target,
        say,
      ),
    digest: (target) => folderDigest(target, '.jar').catch(() => ''),
  });
  for (const module of MODULES) {
    const target = join(folder, 'modules', module.name);
    if (existsSync(join(target, 'plugin-descriptor.properties'))) continue;
    await mkdir(target, { recursive: true });
    for (const jar of (await readdir(jars)).filter((name) => module.jars.test(name)))
      await cp(join(jars, jar), join(target, jar));
    if (module.policy) await writeFile(join(target, 'plugin-security.policy'), module.policy);
    const descriptor = {
      ...{ description: module.name, version, name: module.name, classname: module.main },
      ...{ 'java.version': '11', 'opensearch.version': version, 'custom.foldername': '' },
      ...{ 'extended.plugins': module.extends ?? '', 'has.native.controller': 'false' },
    };
    await writeFile(join(target, 'plugin-descriptor.properties'), lines(descriptor, '='));
  }
}

export async function prepareOpensearch(
  { java, folder }: OpensearchInstall,
  places: Places,
  ports: OpensearchPorts,
): Promise<Launch> {
  const home = join(places.home, 'data/opensearch');
  const wrapping = await unprivileged([java, '-XX:-UsePerfData', '-version']);
  await mkdir(join(places.home, 'data'), { recursive: true });
  await ownedFolder(home, wrapping);
  for (const name of ['conf', 'conf/jvm.options.d', 'data', 'log', 'tmp'])
    await ownedFolder(join(home, name), wrapping);
  const conf = (name: string): string => join(home, 'conf', name);
  await writeFile(conf('jvm.options'), await jvmOptions(folder, java, home));
  await writeFile(conf('jvm.options.d/local.options'), LOCAL_OPTIONS);
  await writeFile(conf('opensearch.yml'), lines(settings(home, ports), ': '));
  await writeFile(conf('log4j2.properties'), LOG4J);
  const [command = '', ...args] = [...wrapping.prefix, join(folder, 'bin/opensearch')];
  return {
    command,
    args,
    env: {
      HOME: home,
      HOSTNAME: 'localhost',
      OPENSEARCH_JAVA_HOME: join(java, '../..'),
      OPENSEARCH_PATH_CONF: join(home, 'conf'),
      OPENSEARCH_TMPDIR: join(home, 'tmp'),
    },
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 20_000,
  };
}

/** Answers once its indices can be read. */
export async function opensearchReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/_cluster/health?wait_for_status=yellow&timeout=1s`, {
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The vendor's own, with our folders; slim runtimes lack the vector module. */
async function jvmOptions(folder: string, java: string, home: string): Promise<string> {
  const own = await readFile(join(folder, 'config/jvm.options'), 'utf8');
  const { output } = await attempt(java, ['-XX:-UsePerfData', '--list-modules']);
  return own
    .split('\n')
    .filter((line) => !line.includes('jdk.incubator.vector') || output.includes('jdk.incubator.vector'))
    .map((line) => line.replaceAll('logs/', `${home}/log/`))
    .filter((line) => !line.includes('HeapDump'))
    .join('\n');
}

const LOCAL_OPTIONS = lines(
  {
    '-Xms512m': '',
    '-Xmx512m': '',
    '-XX:MaxDirectMemorySize=256m': '',
    '-XX:-UsePerfData': '',
    '-Xlog:disable': '',
    '-Xlog:all=warning:stderr': '',
  },
  '',
);

const settings = (home: string, { http, transport }: OpensearchPorts): Record<string, string | number> => ({
  'cluster.name': 'tradewind',
  'node.name': 'n1',
  'path.data': join(home, 'data'),
  'path.logs': join(home, 'log'),
  'network.host': '127.0.0.1',
  'http.port': http,
  'transport.port': transport,
  'discovery.type': 'single-node',
  // Indices are made by their projections, never by a stray write.
  'action.auto_create_index': 'false',
  'cluster.routing.allocation.disk.threshold_enabled': 'false',
  'node.processors': 2,
});

const LOG4J = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;

function lines(entries: Readonly<Record<string, string | number>>, separator: string): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name}${separator}${value}\n`)
    .join('');
}
