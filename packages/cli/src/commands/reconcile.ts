import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import { places } from '#places.ts';
import { readEndpoints } from '#up/endpoints.ts';

export default defineCommand({
  meta: {
    name: 'reconcile',
    description: 'Runs every invariant against the running stack; exit 1 where one is broken',
  },
  args: {
    json: { type: 'boolean', default: false, description: 'one JSON document' },
    wait: { type: 'string', default: '60', description: 'seconds to wait until nothing is on its way' },
    only: { type: 'string', description: 'some of them: I3,I6' },
    acknowledged: {
      type: 'string',
      description: 'file of order ids that clients were told of, one JSON value a line',
    },
  },
  async run({ args }) {
    const [{ openStack }, { untilQuiet }, { invariants }, { lookTwice }, { checkAll, describeOutcome }] =
      await Promise.all([
        import('#reconcile/running-stack.ts'),
        import('#reconcile/quiet.ts'),
        import('#reconcile/invariants.ts'),
        import('#reconcile/look-twice.ts'),
        import('#reconcile/report.ts'),
      ]);
    const seconds = Number(args.wait);
    if (!(seconds >= 0)) throw new UsageError(`--wait ${args.wait} is not a number of seconds`);
    const names = args.only?.split(',').map((name) => name.trim().toUpperCase());
    const unknown = names?.find((name) => !invariants.some(({ id }) => id === name));
    if (unknown !== undefined)
      throw new UsageError(`--only ${unknown}: there are ${invariants.map(({ id }) => id).join(', ')}`);
    const endpoints = await readEndpoints(places().home);
    if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');

    const say = args.json ? (line: string) => console.error(line) : (line: string) => console.log(line);
    const acknowledged = await acknowledgedIn(args.acknowledged);
    const stack = openStack(endpoints, acknowledged);
    let last = '';
    const quiet = () =>
      untilQuiet(stack, seconds, (line) => {
        if (line !== last) say(`waiting: ${line}`);
        last = line;
      });
    const again = async () => {
      await quiet();
      return openStack(endpoints, acknowledged);
    };
    try {
      const moving = await quiet();
      if (moving.length > 0) say(`not quiet after ${seconds} s: ${moving.join(', ')}`);
      const chosen = invariants.filter(({ id }) => names?.includes(id) ?? true);
      const outcomes = await checkAll(
        chosen,
        (one) => lookTwice(one, stack, again),
        (outcome) => args.json || console.log(describeOutcome(outcome)),
      );
      if (args.json)
        console.log(JSON.stringify({ quiet: moving.length === 0, moving, invariants: outcomes }, null, 2));
      if (outcomes.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
    } finally {
      await stack.close();
    }
  },
});

/** Lines are `"<orderId>"` or `{"orderId": "<orderId>", …}`. */
async function acknowledgedIn(file: string | undefined): Promise<ReadonlySet<string> | undefined> {
  if (file === undefined) return undefined;
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  return new Set(
    lines.map((line) => {
      const value = JSON.parse(line) as string | { orderId: string };
      return typeof value === 'string' ? value : value.orderId;
    }),
  );
}
