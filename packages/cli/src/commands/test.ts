import { defineCommand } from 'citty';
import { numberOf, UsageError } from '#arguments.ts';
import { runSuites } from '#test-run/run-suites.ts';
import type { Suite } from '#test-run/suite.ts';
import { suites } from '#test-run/suites.ts';

const all = suites();
const names = all.map(({ name }) => name).join(', ');

/** The named suites in the order of a run. */
function choose(only: string | undefined): Suite[] {
  if (only === undefined) return all;
  const wanted = only.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !all.some((suite) => suite.name === name));
  if (unknown !== undefined) throw new UsageError(`no suite ${unknown}; there are ${names}`);
  return all.filter(({ name }) => wanted.includes(name));
}

export default defineCommand({
  meta: {
    name: 'test',
    description: 'Everything CI runs, on a stack of its own; the last line is "N passed, N failed"',
  },
  args: {
    only: { type: 'string', description: `comma list of ${names}` },
    long: {
      type: 'boolean',
      description:
        'fuzz searches for an hour and more, chaos plays every round of the crash matrix, not half of them',
    },
    seed: { type: 'string', description: 'the seed of the suite fuzz, to see a finding again' },
  },
  async run({ args }) {
    if (args.seed !== undefined) numberOf('seed', args.seed);
    const thoroughness = { long: args.long === true, seed: args.seed };
    const { passed, failed } = await runSuites(choose(args.only), thoroughness, (text) => console.log(text));
    console.log(`${passed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  },
});
