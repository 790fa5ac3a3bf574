import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Places } from '@tradewind/native/launch.ts';

/** Root of the checkout that this CLI belongs to. */
export const checkout = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/** `TW_HOME` and `TW_CACHE`, absolute, with the defaults of the launcher. */
export function places(env: NodeJS.ProcessEnv = process.env): Places {
  const caches = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return {
    home: resolve(env['TW_HOME'] || join(checkout, '.run')),
    cache: resolve(env['TW_CACHE'] || join(caches, 'tradewind')),
  };
}
