import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { checkout, stack } from '../e2e/stack.fixture.ts';

const run = promisify(execFile);
const promtool = (...args: string[]) => run('promtool', args, { cwd: `${checkout}/infra/prometheus` });

interface Target {
  readonly health: string;
  readonly labels: { readonly service: string };
}
interface Rule {
  readonly name: string;
  readonly state: string;
  readonly health: string;
}

async function prometheus<T>(path: string): Promise<T> {
  const { prometheus: url } = stack as typeof stack & { readonly prometheus: string };
  const answer = await fetch(`${url}/api/v1/${path}`);
  return ((await answer.json()) as { data: T }).data;
}

describe('alerts', () => {
  it('are what Prometheus takes, and their tests hold', async () => {
    expect((await promtool('check', 'rules', 'rules.yml')).stdout).toContain('SUCCESS');
    expect((await promtool('test', 'rules', 'rules.test.yml')).stdout).toContain('SUCCESS');
  });

  it('are evaluated on what every service tells, and none is on about change capture', async () => {
    await eventually(
      async () => {
        const { activeTargets } = await prometheus<{ activeTargets: Target[] }>('targets');
        expect(
          activeTargets.filter(({ health }) => health !== 'up').map(({ labels }) => labels.service),
        ).toEqual([]);
        expect(activeTargets.map(({ labels }) => labels.service)).toContain('order');
        const { groups } = await prometheus<{ groups: { rules: Rule[] }[] }>('rules');
        const rules = groups.flatMap((group) => group.rules);
        expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
        expect(rules.filter(({ name, state }) => name.startsWith('Capture') && state !== 'inactive')).toEqual(
          [],
        );
      },
      { within: 60_000, every: 500 },
    );
  });

  it('have slots and consumers to look at', async () => {
    const slots = ['cdc_inventory', 'cdc_order', 'cdc_product'];
    await eventually(
      async () => {
        const value = async (query: string) =>
          (
            await prometheus<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
              `query?query=${encodeURIComponent(query)}`,
            )
          ).result;
        const active = await value('replication_slot_active');
        expect(active.map(({ metric, value: [, on] }) => [metric['slot'], on]).sort()).toEqual(
          slots.map((slot) => [slot, '1']),
        );
        const lags = await value('consumer_lag_messages{service="order"}');
        expect(lags.map(({ metric }) => metric['consumer'])).toContain('orders_by_customer');
      },
      { within: 60_000, every: 500 },
    );
  });
});
