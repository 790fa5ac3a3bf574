import { defineConfig } from 'vitest/config';

const NEVER = ['**/node_modules/**', '**/dist/**', '**/.run/**'];
const ARCHITECTURE = 'tests/architecture/**';

/** Suites by file name: what a test needs decides its suffix, so `vitest run --project unit` needs no servers. */
const suite = (name: string, suffix: string, options: object = {}) => ({
  // As node resolves it: vite would take its other build, and schemas of two builds refuse each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name,
    include: [`{packages,services,infra,tests,policies}/**/*.${suffix}.spec.ts`],
    exclude: [...NEVER, ARCHITECTURE],
    ...options,
  },
});

export default defineConfig({
  test: {
    // Test files of one run share servers (and developers share machines): more at once are slower, not faster.
    maxWorkers: 2,
    projects: [
      // Pure: what they load keeps no state, so a worker goes on with the next file as it is.
      suite('unit', 'unit', { isolate: false }),
      suite('contract', 'contract', { testTimeout: 120_000 }),
      {
        test: {
          name: 'architecture',
          include: [`${ARCHITECTURE}/*.contract.spec.ts`],
          exclude: NEVER,
          testTimeout: 60_000,
        },
      },
      // Real servers: those of TW_TEST_ENDPOINTS (packages/testing/src/servers.ts).
      suite('int', 'int', { testTimeout: 60_000, hookTimeout: 120_000 }),
      suite('e2e', 'e2e', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      suite('pact', 'pact', { testTimeout: 60_000, hookTimeout: 120_000, fileParallelism: false }),
      suite('fuzz', 'fuzz', { testTimeout: 300_000, hookTimeout: 120_000, fileParallelism: false }),
      // On a stack of profile full: Cassandra, OpenSearch, Kafka Connect and Prometheus besides.
      suite('full', 'full', { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
      suite('chaos', 'chaos', { testTimeout: 300_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
