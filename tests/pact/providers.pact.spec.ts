import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Verifier } from '@pact-foundation/pact';
import { describe, expect, it } from 'vitest';
import { urlOf } from '../e2e/stack.fixture.ts';
import { states } from './states.ts';

const folder = fileURLToPath(new URL('pacts/', import.meta.url));
const pacts = readdirSync(folder);

describe('the services keep what their clients rely on', () => {
  it('for clients of product and of order', () => expect(pacts).toHaveLength(4));

  it.each(pacts)('%s', async (file) => {
    const provider = file.replace(/^.*-|\.json$/g, '');
    const verifier = new Verifier({
      provider,
      providerBaseUrl: urlOf(provider),
      pactUrls: [`${folder}${file}`],
      stateHandlers: states,
      logLevel: 'error',
    });
    // Throws with what differs.
    await verifier.verifyProvider();
  });
});
