import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { places } from '#places.ts';
import { stopEverything } from '#supervisor/client.ts';
import { composeDown } from '#up/compose.ts';
import { describeStack } from '#up/stack-of-checkout.ts';

/** Everything in TW_HOME that `up` has made. Anything else there belongs to somebody else. */
const MADE = [
  'data',
  'logs',
  'traces',
  'chaos',
  'secrets.json',
  'compose.env',
  'mosquitto-security.json',
  'state.json',
  'specs.json',
  'control.sock',
  'up.lock',
  'profile',
];

export default defineCommand({
  meta: { name: 'down', description: 'Stops what up has started, and nothing else' },
  args: { wipe: { type: 'boolean', default: false, description: 'also removes its data, logs and secrets' } },
  async run({ args }) {
    const { home } = places();
    const stopped = await stopEverything(home);
    if (existsSync(join(home, 'compose.env'))) await composeDown(await describeStack(), args.wipe);
    await rm(join(home, 'endpoints.json'), { force: true });
    if (args.wipe) for (const name of MADE) await rm(join(home, name), { recursive: true, force: true });
    console.log(stopped.length === 0 ? 'nothing was running' : `stopped ${stopped.join(', ')}`);
  },
});
