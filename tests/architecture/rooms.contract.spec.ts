import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { configuration } = (await import(`${checkout}.dependency-cruiser.mjs`)) as {
  configuration(root: string): { forbidden: { name: string }[]; options: { enhancedResolveOptions: object } };
};
const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url));

async function violations(root: string): Promise<{ modules: number; broken: string[] }> {
  const { forbidden, options } = configuration(root);
  const folders = ['services', 'packages'].filter((folder) => existsSync(`${root}/${folder}`));
  const settings = {
    ...options,
    ruleSet: { forbidden },
    validate: true,
    baseDir: root,
  } as unknown as ICruiseOptions;
  const { output } = await cruise(folders, settings, options.enhancedResolveOptions);
  const { summary, modules } = output as ICruiseResult;
  return {
    modules: modules.length,
    broken: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}

describe('rooms (dependency-cruiser)', () => {
  const rules = configuration(checkout).forbidden.map(({ name }) => name);

  it('hold in every service and package', { timeout: 60_000 }, async () => {
    const { modules, broken } = await violations(checkout);
    expect(broken).toEqual([]);
    // Without a compiler of its own the tool sees no module at all, and says that all is well.
    expect(modules).toBeGreaterThan(50);
  });

  it.each(rules)('%s fails on its fixture', async (rule) => {
    const { broken } = await violations(`${fixtures}${rule}`);
    expect([...new Set(broken.map((line) => line.split(':')[0]))]).toEqual([rule]);
  });
});
