import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceProcess, startProcess } from '@tradewind/testing/service-process.ts';
import { tw } from '../e2e/cli.fixture.ts';
import { home } from '../e2e/stack.fixture.ts';
import type { Row } from './matrix.ts';

interface Spec {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Doomed {
  /** Those that have not died yet. */
  readonly waiting: ReadonlySet<string>;
  /** The stack's own processes run again; a row whose process did not die by its failpoint is an error. */
  restored(): Promise<void>;
}

/** Lets a step be reached, or its work be taken over, sooner than in a long life. */
const HURRIED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  order: { SAGA_LEASE_MS: '8000' },
  cart: { CHECKOUT_LEASE_MS: '4000' },
  'payment-adapter': { PAYMENT_LEASE_MS: '4000' },
  notification: { NOTIFICATION_LEASE_MS: '4000' },
  'webhook-dispatcher': { TW_WEBHOOK_TIMEOUT_MS: '1000' },
};
const lapsing = (failpoint: string): Record<string, string> => ({
  ...(failpoint.startsWith('sweep.') ? { TW_RESERVATION_TTL_MS: '1' } : {}),
  ...(failpoint.startsWith('abandon.') ? { TW_CART_ABANDONED_MS: '1' } : {}),
});

/**
 * Puts armed processes in the place of the stack's own, with the same environment. As soon as one dies at its step the
 * supervised one comes back, so that whoever waits for it can go on.
 */
export async function doom(round: readonly Row[]): Promise<Doomed> {
  const specs = JSON.parse(readFileSync(join(home, 'specs.json'), 'utf8')) as Spec[];
  const waiting = new Set<string>();
  await Promise.all(round.map(({ service }) => twOrThrow('stop', service)));
  const running: { row: Row; process: ServiceProcess; back: Promise<void> }[] = [];
  for (const row of round) {
    const { service, failpoint } = row;
    const env = specs.find(({ name }) => name === service)?.env;
    if (env === undefined) throw new Error(`this stack has no ${service}`);
    const process = await startProcess(
      service,
      { ...env, ...HURRIED[service], ...lapsing(failpoint), TW_FAILPOINT: failpoint },
      { ready: false },
    );
    waiting.add(service);
    const back = process.ended.then(async () => {
      waiting.delete(service);
      await twOrThrow('start', service);
    });
    running.push({ row, process, back });
  }
  return {
    waiting,
    async restored() {
      const alive = running.filter(({ row }) => waiting.has(row.service));
      await Promise.all(alive.map(({ process }) => process.stop()));
      await Promise.all(running.map(({ back }) => back));
      for (const { row, process } of running) {
        const exit = await process.ended;
        if (exit !== 'SIGKILL')
          throw new Error(
            `${row.service} passed no ${row.failpoint}; it ended with ${exit}\n${process.output.slice(-2_000)}`,
          );
      }
    },
  };
}

async function twOrThrow(...args: string[]): Promise<void> {
  const { code, errors } = await tw(...args);
  if (code !== 0) throw new Error(`tw ${args.join(' ')}: ${errors}`);
}
