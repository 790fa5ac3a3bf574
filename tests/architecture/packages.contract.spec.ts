import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout } from './tree.ts';

/** Runs the boundaries check of a workspace; answers whether it holds, and what was said. */
function boundaries(root: string): { holds: boolean; output: string } {
  const result = spawnSync(join(checkout, 'node_modules/.bin/turbo'), ['boundaries', '--no-color'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_DANGEROUSLY_DISABLE_PACKAGE_MANAGER_CHECK: 'true',
    },
  });
  return { holds: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

interface Fixture {
  readonly path: string;
  readonly tag: string;
  readonly dependencies?: readonly string[];
  readonly source: string;
}

describe('packages (turbo boundaries)', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'boundaries-'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** A workspace under this checkout's rules. */
  function workspace(name: string, fixtures: readonly Fixture[]): string {
    const folder = join(root, name);
    const write = (path: string, content: unknown): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    };
    write('package.json', { name, private: true, packageManager: 'pnpm@12.21.0' });
    write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n  - services/*\n');
    write('pnpm-lock.yaml', "lockfileVersion: '9.0'\nimporters:\n  .: {}\n");
    cpSync(join(checkout, 'turbo.json'), join(folder, 'turbo.json'));
    for (const { path, tag, dependencies = [], source } of fixtures) {
      const versions = Object.fromEntries(dependencies.map((dependency) => [dependency, 'workspace:*']));
      write(`${path}/package.json`, {
        name: `@shop/${path.split('/')[1]}`,
        type: 'module',
        dependencies: versions,
      });
      write(`${path}/turbo.json`, { extends: ['//'], tags: [tag] });
      write(`${path}/src/main.ts`, source);
    }
    return folder;
  }

  const kernel: Fixture = { path: 'packages/kernel', tag: 'kernel', source: 'export const kernel = 1;' };
  const product: Fixture = { path: 'services/product', tag: 'service', source: 'export const product = 1;' };

  it('hold in this checkout', () => {
    const { holds, output } = boundaries(checkout);
    expect(output).toMatch(/no issues found/);
    expect(holds).toBe(true);
    const [, packages] = /in (\d+) packages/.exec(output) ?? [];
    expect(Number(packages)).toBeGreaterThan(10);
  });

  it('hold where a service uses a package', () => {
    const service = {
      ...product,
      dependencies: ['@shop/kernel'],
      source: `import { kernel } from '@shop/kernel'; kernel;`,
    };
    expect(boundaries(workspace('good', [kernel, service])).output).toMatch(/no issues found/);
  });

  it.each<[string, RegExp, Fixture[]]>([
    [
      'a service that depends on a service',
      /without any tag listed in allowlist/,
      [
        product,
        {
          path: 'services/order',
          tag: 'service',
          dependencies: ['@shop/product'],
          source: `import { product } from '@shop/product'; product;`,
        },
      ],
    ],
    [
      'a package that depends on a later one',
      /without any tag listed in allowlist/,
      [
        {
          ...kernel,
          dependencies: ['@shop/outbox'],
          source: `import { outbox } from '@shop/outbox'; outbox;`,
        },
        { path: 'packages/outbox', tag: 'outbox', source: 'export const outbox = 1;' },
      ],
    ],
    [
      'a dependency that package.json does not name',
      /not a dependency/,
      [kernel, { ...product, source: `import { kernel } from '@shop/kernel'; kernel;` }],
    ],
    [
      'a path that leaves the package',
      /leaves the package/,
      [
        kernel,
        { ...product, source: `import { kernel } from '../../../packages/kernel/src/main.ts'; kernel;` },
      ],
    ],
  ])('fail on %s', (name, message, fixtures) => {
    const { holds, output } = boundaries(workspace(name.replaceAll(/\W/g, '-'), fixtures));
    expect(output).toMatch(message);
    expect(holds).toBe(false);
  });
});
