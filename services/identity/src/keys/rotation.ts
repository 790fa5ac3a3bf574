import type { Logger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import type { KeyRing } from './ring.ts';
import type { KeyStore } from './store.ts';

const EVERY_MS = 60_000;

/** Makes the first keys, then looks once a minute whether the active one is due; the database's clock decides. */
export function keyRotation(store: KeyStore, ring: KeyRing, log: Logger): Component {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const { rotated } = await store.rotate('age');
      if (!rotated) return;
      ring.expire();
      log.info({}, 'signing key rotated by age');
    } catch (error) {
      log.warn({ err: error }, 'signing keys were not looked at; tried again in a minute');
    }
  }

  return {
    name: 'key-rotation',
    async start() {
      await store.ensure();
      running = look();
      timer = setInterval(() => {
        running = look();
      }, EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
