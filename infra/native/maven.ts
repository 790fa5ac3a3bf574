import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aptInstall } from './apt.ts';
import { which } from './find.ts';
import type { Say } from './launch.ts';
import { attempt, run } from './run.ts';
import { turns } from './turn.ts';

/** Two Mavens over one local repository get into each other's way. */
const myTurn = turns();
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

export interface Artifact {
  group: string;
  name: string;
  version: string;
}

/** Copies the runtime jars of the given artifacts and of all they need into `target`. */
export async function copyJars(
  cache: string,
  artifacts: Artifact[],
  target: string,
  say: Say,
  { excludeClassifiers = [] }: { excludeClassifiers?: readonly string[] } = {},
): Promise<void> {
  const pom = join(cache, 'poms', `${artifacts[0]?.name}-${artifacts[0]?.version}.xml`);
  await mkdir(dirname(pom), { recursive: true });
  await writeFile(pom, project({ group: 'tradewind', name: 'jars', version: '1' }, artifacts));
  await maven(
    cache,
    [
      ...['-f', pom, `${PLUGIN}:copy-dependencies`, `-DoutputDirectory=${target}`, '-DincludeScope=runtime'],
      ...(excludeClassifiers.length === 0 ? [] : [`-DexcludeClassifiers=${excludeClassifiers.join(',')}`]),
    ],
    say,
  );
}

/**
 * Copies one file of an artifact, without what it depends on, into `target`. Its own pom is replaced by an empty one in
 * our local repository: some releases name a parent that was never published, and the file's digest is pinned anyway.
 */
export async function copyFile(
  cache: string,
  artifact: Artifact,
  type: string,
  target: string,
  say: Say,
): Promise<void> {
  const { group, name, version } = artifact;
  const local = join(cache, 'm2', ...group.split('.'), name, version, `${name}-${version}.pom`);
  await mkdir(dirname(local), { recursive: true });
  await writeFile(local, project(artifact, []));
  await maven(
    cache,
    [`${PLUGIN}:copy`, `-Dartifact=${group}:${name}:${version}:${type}`, `-DoutputDirectory=${target}`],
    say,
  );
}

/** Unpacks an archive into `target`, with Maven's own means: no machine needs an unzip for it. */
export async function unpack(
  cache: string,
  { group, name, version }: Artifact,
  type: string,
  target: string,
  say: Say,
): Promise<void> {
  const artifact = `-Dartifact=${group}:${name}:${version}:${type}`;
  // What it notes there would keep it from unpacking again where the target is gone.
  const markers = `-DmarkersDirectory=${join(target, '.markers')}`;
  await maven(cache, [`${PLUGIN}:unpack`, artifact, `-DoutputDirectory=${target}`, markers], say);
}

async function maven(cache: string, args: string[], say: Say): Promise<void> {
  if (which('mvn') === undefined) await aptInstall(['maven'], say);
  const temporary = join(cache, 'tmp');
  await mkdir(temporary, { recursive: true });
  const options = {
    cwd: cache,
    env: {
      ...process.env,
      MAVEN_OPTS: `-XX:-UsePerfData -XX:TieredStopAtLevel=1 -Djava.io.tmpdir=${temporary}`,
    },
  };
  const all = ['-B', '-q', '-ntp', `-Dmaven.repo.local=${join(cache, 'm2')}`, ...args];
  await myTurn(async () => {
    // A broken connection is the usual failure, and Maven keeps what it has: `-U` looks again for what was missing.
    const first = await attempt('mvn', all, options);
    if (first.code !== 0) await run('mvn', ['-U', ...all], options);
  });
}

function project(own: Artifact, dependencies: Artifact[]): string {
  const coordinates = ({ group, name, version }: Artifact) =>
    `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>${coordinates(own)}<packaging>pom</packaging>
<dependencies>${dependencies.map((it) => `<dependency>${coordinates(it)}</dependency>`).join('\n')}</dependencies></project>
`;
}
