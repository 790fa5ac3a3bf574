import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import { runCucumber } from './cucumber.ts';
import { logOf, ONE_FAILED, ONE_PASSED, type Suite } from './suite.ts';
import { runVitest } from './vitest.ts';

const cli = join(checkout, 'packages/cli/src/main.ts');

/** A program whose exit code is the answer. */
function check(name: string, about: string, command: string, ...args: string[]): Suite {
  return {
    name,
    about,
    needs: 'nothing',
    async run(stage) {
      return (await stage.run(logOf(stage, name), command, args)) === 0 ? ONE_PASSED : ONE_FAILED;
    },
  };
}

/** A project of vitest.config.ts: each test counts. */
function tests(name: string, about: string, needs: Suite['needs'] = 'nothing'): Suite {
  return { name, about, needs, run: (stage) => runVitest(stage, name) };
}

/** A command of this CLI against the run's own stack. */
function operation(name: string, about: string, ...args: string[]): Suite {
  return { ...check(name, about, process.execPath, cli, ...args), needs: 'stack' };
}

const has = (path: string): boolean => existsSync(join(checkout, path));

/** In the order of a run: what is quick to fail comes first, what needs more servers later. */
export function suites(): Suite[] {
  return [
    check(
      'generated',
      'generated code is that of the schemas',
      'node',
      'packages/contracts/scripts/generate.ts',
      '--check',
    ),
    check('format', 'prettier', 'prettier', '--check', '--log-level', 'warn', '.'),
    check('lint', 'oxlint with types', 'oxlint', '--type-aware'),
    check('types', 'tsc', 'tsc', '-b'),
    tests('architecture', 'rooms, order of packages, files and documents; each rule is proven to fail'),
    check(
      'unused',
      'knip: files, exports and dependencies that nobody uses',
      'knip',
      '--no-progress',
      '--no-config-hints',
    ),
    tests('unit', 'pure, no servers'),
    tests('contract', 'schemas, protocols and documents against what is promised'),
    tests('int', 'each part against real servers', 'servers'),
    tests('e2e', 'the whole stack through its public surfaces', 'stack'),
    {
      name: 'features',
      about: "the shop's stories in plain words: each scenario counts",
      needs: 'stack',
      run: runCucumber,
    },
    tests('pact', 'what clients rely on in products and orders is what the services do', 'stack'),
    tests('chaos', 'faults: crashes, restarts, races', 'stack'),
    ...(has('packages/cli/src/commands/bench.ts')
      ? [
          operation(
            'bench',
            'a short benchmark runs',
            'bench',
            'orders',
            ...'--runs 1 --seconds 3 --warm-up 1 --scale 0.05'.split(' '),
          ),
          operation(
            'push',
            'clients that come and go end on the right state',
            'bench',
            'push',
            ...'--runs 1 --seconds 3 --warm-up 1 --clients 200'.split(' '),
          ),
        ]
      : []),
    ...(has('packages/cli/src/commands/reconcile.ts')
      ? [operation('reconcile', 'every invariant holds after all of the above', 'reconcile')]
      : []),
    // After reconcile: it leaves what only a trusted service can make, such as payments of orders that never were.
    tests('fuzz', 'mutated requests, frames, XML and events: every surface keeps its promises', 'stack'),
    // On the same stack, which has a past by then and becomes a full one.
    tests('full', 'the data platform on its real servers', 'full'),
  ];
}
