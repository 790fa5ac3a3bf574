import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PactV4 } from '@pact-foundation/pact';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agreement, agree } from './agreement.ts';
import { editing, fulfilling } from './back-office.ts';
import { browsing, ordering } from './storefront.ts';

const pacts: readonly [consumer: string, provider: string, agreements: readonly Agreement[]][] = [
  ['storefront', 'product', browsing],
  ['storefront', 'order', ordering],
  ['back-office', 'product', editing],
  ['back-office', 'order', fulfilling],
];

describe.each(pacts)('%s with %s', (consumer, provider, agreements) => {
  let dir: string;
  let pact: PactV4;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pact-'));
    pact = new PactV4({ consumer, provider, dir, logLevel: 'error' });
  });
  afterAll(() => rm(dir, { recursive: true }));

  it.each(agreements.map((one) => [one.asking, one] as const))('%s', (_, agreement) =>
    agree(pact, agreement),
  );

  // Accepted by `vitest run --project pact -u`, and then to be kept by the provider.
  it('is what is committed', async () => {
    const name = `${consumer}-${provider}.json`;
    const written = await readFile(join(dir, name), 'utf8');
    const { interactions, ...rest } = JSON.parse(written) as { interactions: { description: string }[] };
    const sorted = interactions.toSorted((a, b) => a.description.localeCompare(b.description));
    const text = `${JSON.stringify({ ...rest, interactions: sorted }, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`pacts/${name}`);
  });
});
