import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import { exchange } from './exchange.ts';
import { which } from './find.ts';
import type { Launch, Places, Say } from './launch.ts';

/** Debian's redis-server, or whichever is on the PATH. */
export async function installRedis(say: Say): Promise<string> {
  const found = which('redis-server');
  if (found !== undefined) return found;
  await aptInstall(['redis-server'], say);
  return which('redis-server') ?? 'redis-server';
}

/** Append-only file, synced once a second: a crash of the machine may cost the last second, a crash of Redis nothing. */
export async function prepareRedis(
  binary: string,
  places: Places,
  port: number,
  maxmemory: string,
): Promise<Launch> {
  const data = join(places.home, 'data/redis');
  await mkdir(data, { recursive: true });
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    daemonize: 'no',
    logfile: '',
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    maxmemory,
    'maxmemory-policy': 'noeviction',
  };
  return {
    command: binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: {},
    cwd: data,
    stopSignal: 'SIGTERM',
    stopMs: 10_000,
  };
}

/** Answers PING: it also says no while it is still loading its file. */
export async function redisReady(port: number): Promise<boolean> {
  const answer = await exchange(port, Buffer.from('PING\r\n'));
  return answer?.toString().startsWith('+PONG') ?? false;
}
