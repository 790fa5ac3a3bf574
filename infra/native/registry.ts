import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileDigest } from './digest.ts';
import { assembleOnce } from './download.ts';
import { requireJava } from './java.ts';
import type { Launch, Places, Say } from './launch.ts';
import { copyFile } from './maven.ts';
import { run } from './run.ts';

const VERSION = '3.0.9';
const DIGEST = '2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43';
const ARCHIVE = `apicurio-registry-app-${VERSION}-all.tar.gz`;
export const REGISTRY_DATABASE = 'registry';

export interface RegistryInstall {
  java: string;
  folder: string;
}

/** Apicurio Registry, which speaks the Confluent protocol: 109 MB, once per cache. */
export async function installRegistry(cache: string, say: Say): Promise<RegistryInstall> {
  const java = await requireJava(say);
  const archive = await assembleOnce({
    cache,
    name: `apicurio-registry-${VERSION}`,
    expected: DIGEST,
    build: async (target) => {
      say(`fetching Apicurio Registry ${VERSION} (109 MB)`);
      const artifact = { group: 'io.apicurio', name: 'apicurio-registry-app', version: VERSION };
      await copyFile(cache, artifact, 'tar.gz:all', target, say);
      await run('tar', ['-xzf', join(target, ARCHIVE), '-C', target]);
    },
    digest: (target) => fileDigest(join(target, ARCHIVE)).catch(() => ''),
  });
  return { java, folder: archive };
}

/** The schemas live in our own PostgreSQL (database `registry`), so that their ids outlive a restart. */
export async function prepareRegistry(
  { java, folder }: RegistryInstall,
  places: Places,
  port: number,
  database: { port: number; user: string; password: string },
): Promise<Launch> {
  const home = join(places.home, 'data/registry');
  await mkdir(home, { recursive: true });
  return {
    command: java,
    args: [
      '-Xmx320m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:-UsePerfData',
      '-Djava.net.preferIPv4Stack=true',
      `-Djava.io.tmpdir=${home}`,
      '-jar',
      join(folder, `apicurio-registry-app-${VERSION}-runner.jar`),
    ],
    env: {
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_LOG_LEVEL: 'WARN',
      QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
      QUARKUS_BANNER_ENABLED: 'false',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'postgresql',
      APICURIO_DATASOURCE_URL: `jdbc:postgresql://127.0.0.1:${database.port}/${REGISTRY_DATABASE}`,
      APICURIO_DATASOURCE_USERNAME: database.user,
      APICURIO_DATASOURCE_PASSWORD: database.password,
    },
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 10_000,
  };
}

/** Answers the Confluent API, which needs its database. */
export async function registryReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/apis/ccompat/v7/subjects`, {
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}
