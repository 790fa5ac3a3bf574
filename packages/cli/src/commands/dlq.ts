import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import { formatId, parseId } from '#dlq/letter.ts';
import { places } from '#places.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { terminalWidth } from '#text-table.ts';
import { readEndpoints } from '#up/endpoints.ts';

const id = { type: 'positional', required: true, description: 'as ls shows it: order:12' } as const;

const ls = defineCommand({
  meta: { name: 'ls', description: 'Events that a consumer could not apply, and rows that Kafka refused' },
  args: { json: { type: 'boolean', default: false, description: 'as a JSON array' } },
  run: ({ args }) =>
    withStack(async (stack) => {
      const [{ letters }, { describeLetters }] = await Promise.all([
        import('#dlq/read.ts'),
        import('#dlq/show.ts'),
      ]);
      const found = await letters(stack);
      const plain = found.map((one) => ({ ...one, id: formatId(one.id), stored: undefined }));
      console.log(args.json ? JSON.stringify(plain, null, 2) : describeLetters(found, terminalWidth()));
    }),
});

const show = defineCommand({
  meta: { name: 'show', description: 'One of them: headers, the decoded event, the error' },
  args: { id },
  run: ({ args }) =>
    withStack(async (stack) => {
      const [{ letter, content }, { describeLetter }] = await Promise.all([
        import('#dlq/read.ts'),
        import('#dlq/show.ts'),
      ]);
      const found = await letter(stack, parseId(args.id));
      console.log(await describeLetter(stack, found, await content(stack, found.id)));
    }),
});

const retry = defineCommand({
  meta: {
    name: 'retry',
    description: 'Has the running service try it again, now; exit 1 where it fails again',
  },
  args: {
    id: { ...id, required: false },
    all: { type: 'boolean', default: false, description: 'all of them' },
  },
  run: ({ args }) =>
    withStack(async (stack) => {
      const [{ letter, letters }, { retry: again }] = await Promise.all([
        import('#dlq/read.ts'),
        import('#dlq/retry.ts'),
      ]);
      if ((args.id === undefined) === !args.all) throw new UsageError('dlq retry takes an id or --all');
      const chosen = args.id === undefined ? await letters(stack) : [await letter(stack, parseId(args.id))];
      if (chosen.length === 0) console.log('no dead letters');
      for (const one of chosen) {
        const outcome = await again(stack, one);
        const text = {
          applied: 'applied',
          waiting: 'not tried yet: is its service running?',
          failed: 'failed again',
        };
        console.log(
          `${formatId(one.id)}  ${text[outcome.state]}${outcome.state === 'failed' ? `: ${outcome.error}` : ''}`,
        );
        if (outcome.state !== 'applied') process.exitCode = 1;
      }
    }),
});

const drop = defineCommand({
  meta: { name: 'drop', description: 'Gives one up, so that those behind it go on' },
  args: { id, yes: { type: 'boolean', default: false, description: 'really: it cannot be undone' } },
  run: ({ args }) =>
    withStack(async (stack) => {
      const [{ letter }, { drop: giveUp }] = await Promise.all([
        import('#dlq/read.ts'),
        import('#dlq/drop.ts'),
      ]);
      const found = await letter(stack, parseId(args.id));
      const what = `${args.id}: ${found.errorCode} ${found.key} for ${found.consumer}, ${found.behind} behind it`;
      if (!args.yes) throw new UsageError(`${what}\n  dropping it cannot be undone; say --yes`);
      await giveUp(stack, found);
      console.log(`dropped ${what}`);
    }),
});

async function withStack(work: (stack: RunningStack) => Promise<void>): Promise<void> {
  const endpoints = await readEndpoints(places().home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  const { openStack } = await import('#reconcile/running-stack.ts');
  const stack = openStack(endpoints);
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}

export default defineCommand({
  meta: { name: 'dlq', description: 'Dead letters: look, try again, give up' },
  subCommands: { ls, show, retry, drop },
});
