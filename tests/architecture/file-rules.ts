import type { SourceFile } from './tree.ts';

export interface FileRule {
  readonly name: string;
  /** Which files it is about. */
  applies(path: string): boolean;
  /** What is wrong with a file; nothing where it is as it should be. */
  broken(file: SourceFile): string[];
  /** A file that breaks the rule: proves that it can fail. */
  readonly example: SourceFile;
}

const MAX_LINES = 300;
const code = (path: string): boolean =>
  /^(?:packages|services|infra|tests)\/.*\.ts$/.test(path) && !/\/(?:generated|fixtures)\//.test(path);
const shipped = (path: string): boolean => code(path) && !/\.(?:spec|fixture)\.ts$/.test(path);
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

/** Each match of a pattern, as it stands in the text. */
const found = (pattern: RegExp, text: string): string[] =>
  [...text.matchAll(pattern)].map(([match]) => match.trim());

const BANNED_FILE = /^(?:(?:.*-)?(?:utils?|helpers?|common|manager|impl)|shared|base(?:-.*)?)(?:\.|$)/;
const BANNED_EXPORT =
  /^export (?:abstract |async |declare )*(?:function|const|let|class|interface|type) (?:\w*(?:Utils?|Helpers?|Manager|Impl)|(?:utils?|helpers?|common|shared)|Base[A-Z]\w*|I[A-Z][a-z]\w*)\b/gm;

export const fileRules: readonly FileRule[] = [
  {
    name: 'files and folders have names that say something',
    applies: code,
    broken: ({ path }) => path.split('/').filter((part) => BANNED_FILE.test(part)),
    example: { path: 'services/shop/src/order-helpers.ts', text: '' },
  },
  {
    name: 'file names are kebab-case',
    applies: (path) => code(path) && !path.endsWith('.d.ts'),
    broken: ({ path }) => {
      const name = path.split('/').at(-1) ?? '';
      return /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*\.ts$/.test(name) ? [] : [name];
    },
    example: { path: 'services/shop/src/placeOrder.ts', text: '' },
  },
  {
    name: 'exports have names that say something',
    applies: code,
    broken: ({ text }) => found(BANNED_EXPORT, text),
    example: { path: 'services/shop/src/a.ts', text: 'export class OrderManager {}' },
  },
  {
    name: `files have at most ${MAX_LINES} lines`,
    applies: code,
    broken({ text }) {
      const lines = text.split('\n').length - 1;
      return lines > MAX_LINES ? [`${lines} lines`] : [];
    },
    example: { path: 'services/shop/src/a.ts', text: '\n'.repeat(MAX_LINES + 1) },
  },
  {
    name: 'nothing is exported wholesale',
    applies: code,
    broken: ({ text }) => found(/^export \*.*$/gm, text),
    example: { path: 'services/shop/src/a.ts', text: `export * from './order.ts';` },
  },
  {
    name: 'imports climb at most one folder',
    applies: code,
    broken: ({ text }) => found(/^(?:(?:import|export|\}).*\bfrom|import) '\.\.\/\.\.\/[^']*'/gm, text),
    example: { path: 'services/shop/src/a/b.ts', text: `import { a } from '../../a.ts';` },
  },
  {
    name: 'only config.ts reads the environment of a service',
    applies: (path) =>
      shipped(path) && /^(?:services|infra\/simulators)\//.test(path) && !path.endsWith('/config.ts'),
    // A program beside main.ts (a replay) hands the environment over whole: its reader is a package.
    broken: ({ text }) => found(/process\.env(?!, process\.argv).*/g, withoutComments(text)),
    example: { path: 'services/shop/src/http.ts', text: `const url = process.env['URL'];` },
  },
  {
    name: 'decisions are synchronous and repeatable',
    applies: (path) => /^services\/[^/]+\/src\/(?:[^/]+\/(?:decide|events)|engine\/[a-z-]+)\.ts$/.test(path),
    broken: ({ text }) =>
      found(
        /\basync\b|\bawait\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bprocess\.|\bsetTimeout\b/g,
        withoutComments(text),
      ),
    example: { path: 'services/shop/src/place-order/decide.ts', text: 'const now = Date.now();' },
  },
  {
    name: 'only consumers of events reach what invalidates a cache',
    applies: (path) => shipped(path) && /^services\/[^/]+\/src\/(?!cache\/|on\/)/.test(path),
    broken: ({ text }) =>
      found(
        /from '@tradewind\/cache\/(?:event-feed|invalidator)\.ts'|\.(?:invalidate|outdate|dropAll)\(/g,
        withoutComments(text),
      ),
    example: {
      path: 'services/shop/src/place-order/http.ts',
      text: `import { createInvalidator } from '@tradewind/cache/invalidator.ts';`,
    },
  },
  {
    name: 'no test is skipped or runs alone',
    applies: (path) => code(path) && path.endsWith('.spec.ts'),
    broken: ({ text }) => found(/\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b/g, text),
    example: { path: 'tests/e2e/a.e2e.spec.ts', text: `it.only('works', () => {});` },
  },
  {
    name: 'no test waits for a fixed time',
    applies: (path) => code(path) && path.endsWith('.spec.ts'),
    broken: ({ text }) => found(/\bawait (?:sleep|delay|pause|setTimeout)\(\d[\d_]{2,}\)/g, text),
    example: { path: 'tests/e2e/a.e2e.spec.ts', text: 'await sleep(1000);' },
  },
  {
    name: 'nothing is left for later',
    applies: code,
    broken: ({ path, text }) =>
      path.startsWith('tests/architecture/') ? [] : found(/\b(?:TODO|FIXME|HACK)\b.*/g, text),
    example: { path: 'services/shop/src/a.ts', text: '// TODO: later' },
  },
  {
    name: 'no path of one machine',
    applies: (path) => !path.startsWith('tests/architecture/'),
    broken: ({ text }) => found(/(?<![\w.$}])\/(?:work|root|home\/(?!me\/)[a-z]+|Users)\/[\w.-]+.*/g, text),
    example: { path: 'docs/a.md', text: 'see /home/sam/tradewind' },
  },
  {
    name: 'no package registry by name: the clients know theirs',
    applies: (path) => !path.startsWith('tests/architecture/'),
    broken: ({ text }) =>
      found(
        /\b(?:registry\.npmjs\.org|registry\.yarnpkg\.com|repo1?\.maven(?:\.apache)?\.org|deb\.debian\.org|proxy\.golang\.org)\b/g,
        text,
      ),
    example: { path: 'infra/a.ts', text: `const url = 'https://registry.npmjs.org/';` },
  },
];
