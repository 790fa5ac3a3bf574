import { spawn } from 'node:child_process';
import { freePort } from '@tradewind/testing/free-port.ts';
import { readSpecs } from '#supervisor/state.ts';

/** Clients that one instance takes: each is an open file, and 20,000 is a common limit. */
const MOST = 8_000;
const READY_MS = 60_000;

/** The stack's notification, and as many instances beside it as so many clients need. */
export async function instancesFor(
  clients: number,
  home: string,
): Promise<{ urls: readonly string[]; close(): Promise<void> }> {
  const spec = (await readSpecs(home)).find(({ name }) => name === 'notification');
  if (!spec) throw new Error('the stack has no notification');
  const further = await Promise.all(
    Array.from({ length: Math.ceil(clients / MOST) - 1 }, async () => {
      const port = await freePort();
      const env = { ...spec.env, PORT: String(port), LOG_LEVEL: 'warn' };
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return {
        child,
        url: `http://127.0.0.1:${port}`,
        ended: new Promise((resolve) => child.once('exit', resolve)),
      };
    }),
  );
  const end = (): void => further.forEach(({ child }) => void child.kill('SIGTERM'));
  // Nobody supervises them: they end with the benchmark, however that ends.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      end();
      process.exit(1);
    });
  }
  process.once('exit', end);
  for (const { url } of further) await ready(url);
  return {
    urls: [`http://127.0.0.1:${spec.port}`, ...further.map(({ url }) => url)],
    async close() {
      end();
      await Promise.all(further.map(({ ended }) => ended));
    },
  };
}

async function ready(url: string): Promise<void> {
  for (const end = performance.now() + READY_MS; ;) {
    const ok = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (performance.now() > end) throw new Error('an instance of notification did not become ready');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
