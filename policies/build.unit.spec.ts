import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (file: string): Buffer => readFileSync(join(import.meta.dirname, file));

it('policy.wasm was built from these sources (if not: policies/build.sh)', () => {
  const recorded = read('policy.sha256').toString('utf8').trimEnd().split('\n');
  const sources = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.rego') && !file.endsWith('_test.rego'))
    .sort();
  expect(recorded).toEqual(
    [...sources, 'policy.wasm'].map((file) => `${hash('sha256', read(file))}  ${file}`),
  );
});
