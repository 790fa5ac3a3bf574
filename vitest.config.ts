import { defineConfig } from 'vitest/config';

/** Suites by file name: what a test needs decides its suffix, so `vitest run --project unit` needs no servers. */
const suite = (name: string, suffix: string, options: object = {}) => ({
  test: {
    name,
    include: [`{packages,services,infra,tests,policies}/**/*.${suffix}.spec.ts`],
    exclude: ['**/node_modules/**', '**/dist/**'],
    ...options,
  },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit', 'unit'),
      suite('contract', 'contract'),
      suite('int', 'int', { testTimeout: 60_000, hookTimeout: 120_000 }),
      suite('e2e', 'e2e', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
