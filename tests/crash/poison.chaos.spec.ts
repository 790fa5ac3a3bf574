import { describe, expect, it } from 'vitest';
import { tw } from '../e2e/cli.fixture.ts';
import { doom } from './doomed.fixture.ts';
import { poisonSteps } from './matrix.ts';
import { misfit, parked, settled, unreadableOrder } from './poison.fixture.ts';

describe('a crash while an event that cannot be handled is parked, or tried again', () => {
  it.each(poisonSteps)('$failpoint of $service', { timeout: 240_000 }, async (row) => {
    const poison = await (row.failpoint.startsWith('reactor.') ? unreadableOrder() : misfit());
    const whileRetried = row.failpoint.endsWith('.retried');
    if (whileRetried) {
      await poison.send();
      await parked(poison.key);
    }
    const doomed = await doom([row]);
    try {
      if (!whileRetried) await poison.send();
      // It waits once, however often it was delivered.
      const { id } = await parked(poison.key);
      await poison.cure();
      const retry = () => tw('dlq', 'retry', id);
      await retry();
      // A reaction waits for the lease of the try that died; for a projection an operator asks again.
      await settled(poison.key, row.failpoint === 'projection.retried' ? retry : undefined);
    } finally {
      await doomed.restored();
    }
    await poison.expectApplied();
  });

  it('and every invariant holds afterwards', { timeout: 150_000 }, async () => {
    const { code, output, errors } = await tw('reconcile', '--wait', '90');
    expect(code, output + errors).toBe(0);
  });
});
