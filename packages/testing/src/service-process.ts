import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export interface ServiceProcess {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Everything it has printed so far. */
  readonly output: string;
  /** Exit code or signal, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal and waits for the end; SIGTERM unless said. One that has ended already is fine. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const checkout = new URL('../../../', import.meta.url);
const READY_MS = 30_000;

/**
 * Starts a real service, `node services/<name>/src/main.ts`, on a free port, and waits until it is ready. For tests that
 * need a process: crashes, failpoints (`TW_FAILPOINT`), signals.
 * @param env the whole configuration but HOST and PORT; nothing is inherited but PATH
 * @param ready false = don't wait: the process is expected to die first
 */
export async function startProcess(
  name: string,
  env: Readonly<Record<string, string>>,
  { ready = true } = {},
): Promise<ServiceProcess> {
  const port = Number(env['PORT'] ?? (await freePort()));
  const folder = fileURLToPath(new URL(`services/${name}/`, checkout));
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const service = observe(child, `http://127.0.0.1:${port}`);
  try {
    if (ready) await whenReady(child, service);
    return service;
  } catch (error) {
    await service.stop('SIGKILL');
    throw new Error(`${name} did not become ready\n${service.output}`, { cause: error });
  }
}

function observe(child: ChildProcess, url: string): ServiceProcess {
  let output = '';
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (output += part.toString()));
  // A test run that ends early takes its processes with it.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('exit', reap);
      resolve(code ?? signal ?? 1);
    });
  });
  return {
    pid: child.pid ?? 0,
    url,
    get output() {
      return output;
    },
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

async function whenReady(child: ChildProcess, { url }: ServiceProcess): Promise<void> {
  let gone = false;
  await eventually(
    async () => {
      gone = child.exitCode !== null || child.signalCode !== null;
      if (gone) return;
      const { status } = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      if (status !== 200) throw new Error(`/health/ready answers ${status}`);
    },
    { within: READY_MS },
  );
  if (gone) throw new Error('it ended');
}
