import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { which } from './find.ts';
import type { Launch, Places, Say } from './launch.ts';

/** Debian's Prometheus (2.42). */
export async function installPrometheus(say: Say): Promise<string> {
  if (which('prometheus') === undefined) await aptInstall(['prometheus'], say);
  return which('prometheus') ?? 'prometheus';
}

/**
 * @param targets `host:port` of each service, by name
 * @param rules file with the alerts
 */
export async function preparePrometheus(
  binary: string,
  places: Places,
  port: number,
  targets: Readonly<Record<string, string>>,
  rules: string,
): Promise<Launch> {
  const home = join(places.home, 'data/prometheus');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'prometheus.yml'), settings(targets, rules));
  return {
    command: binary,
    args: [
      `--config.file=${join(home, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(home, 'data')}`,
      '--storage.tsdb.retention.time=24h',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: {},
    cwd: home,
    stopSignal: 'SIGTERM',
    stopMs: 10_000,
  };
}

export async function prometheusReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Also in `infra/compose/prometheus.yml`. */
const settings = (targets: Readonly<Record<string, string>>, rules: string): string =>
  JSON.stringify({
    global: { scrape_interval: '5s', evaluation_interval: '5s' },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: 'services',
        static_configs: Object.entries(targets).map(([service, address]) => ({
          targets: [address],
          labels: { service },
        })),
      },
    ],
  });
