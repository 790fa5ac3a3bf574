import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { prettyFactory } from 'pino-pretty';
import { UsageError } from '#arguments.ts';
import { follow } from '#logs/follow.ts';
import { places } from '#places.ts';
import { logFile } from '#supervisor/log-file.ts';

export default defineCommand({
  meta: { name: 'logs', description: 'Follows the logs of one process, or of all, human-readable' },
  args: {
    service: { type: 'positional', required: false, description: 'as status shows it; all when left out' },
    lines: { type: 'string', default: '40', description: 'how many old lines to begin with' },
    follow: {
      type: 'boolean',
      default: true,
      description: 'wait for more',
      negativeDescription: 'end with the last line',
    },
  },
  async run({ args }) {
    const { home } = places();
    const known = logNames(home);
    if (known.length === 0) throw new SetupError(`there are no logs in ${home}`, './tw up');
    if (args.service !== undefined && !known.includes(args.service)) {
      throw new UsageError(`no log of ${args.service}; there are ${known.join(', ')}`);
    }
    const lines = Number(args.lines);
    if (!Number.isInteger(lines) || lines < 0) throw new UsageError(`--lines ${args.lines} is not a number`);
    // A closed pipe (`tw logs | head`) ends the command quietly.
    process.stdout.on('error', () => process.exit(0));
    const pretty = prettyFactory({
      colorize: process.stdout.isTTY,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'pid,hostname',
    });
    const names = args.service === undefined ? known : [args.service];
    const width = Math.max(...names.map((name) => name.length));
    const show = async (name: string): Promise<void> => {
      for await (const line of follow(logFile(home, name), lines, { follow: args.follow })) {
        const text = line.startsWith('{') ? pretty(line) : `${line}\n`;
        process.stdout.write(names.length > 1 ? `${name.padEnd(width)} | ${text}` : text);
      }
    };
    await Promise.all(names.map(show));
  },
});

function logNames(home: string): string[] {
  try {
    return readdirSync(join(home, 'logs'))
      .filter((file) => file.endsWith('.log'))
      .map((file) => file.slice(0, -'.log'.length))
      .sort();
  } catch {
    return [];
  }
}
