import { armFailpoint } from '@tradewind/outbox/failpoints.ts';
import type { ServiceConfig } from './config.ts';
import { createLogger, type Logger } from './logger.ts';
import { startTelemetry, type Telemetry } from './telemetry.ts';

/** A part of a service with a life of its own. Started in order, stopped in reverse. */
export interface Component {
  readonly name: string;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

export interface Foundation {
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Ends the process with an error, so that its supervisor starts it anew: for parts that can't recover. */
  crash(error: unknown): void;
}

/**
 * Runs a service: builds it, starts its parts, and on SIGTERM stops them in reverse order (accept no more, drain, flush,
 * commit) within the deadline, exit 0. A part that fails to start, or an unforeseen error, ends the process with 1.
 */
export async function startService<C extends ServiceConfig>(
  service: string,
  config: C,
  build: (config: C, foundation: Foundation) => Promise<readonly Component[]>,
): Promise<void> {
  armFailpoint(config.TW_FAILPOINT);
  const log = createLogger(service, config.LOG_LEVEL);
  const telemetry = startTelemetry(service, config);
  const running: Component[] = [];
  let stopping: Promise<void> | undefined;

  function crash(error: unknown): void {
    log.fatal({ err: error }, 'service ends');
    process.exit(1);
  }

  function stop(signal: string): Promise<void> {
    stopping ??= (async () => {
      log.info({ signal }, 'stopping');
      setTimeout(() => crash(new Error('did not stop in time')), config.SHUTDOWN_TIMEOUT_MS).unref();
      for (const { name, stop: end } of running.reverse()) {
        await end?.().catch((error: unknown) =>
          log.error({ err: error, component: name }, 'did not stop cleanly'),
        );
      }
      await telemetry.stop().catch((error: unknown) => log.warn({ err: error }, 'telemetry was not flushed'));
      log.info({}, 'stopped');
      process.exit(0);
    })();
    return stopping;
  }

  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  try {
    for (const component of await build(config, { log, telemetry, crash })) {
      running.push(component);
      await component.start?.();
    }
    log.info({ port: config.PORT }, 'service runs');
  } catch (error) {
    crash(error);
  }
}

/** A component from parts that only need to be closed. */
export const closing = (name: string, close: () => Promise<unknown>): Component => ({
  name,
  stop: () => close().then(() => undefined),
});
