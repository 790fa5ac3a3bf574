import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tw } from '../e2e/cli.fixture.ts';

interface Verdict {
  readonly outcome: string;
  readonly acknowledged: { readonly orders: number; readonly payments: number };
  readonly faults: Readonly<Record<string, number>>;
  readonly void: readonly string[];
  readonly violations: readonly object[];
  readonly files: string;
}

/** Another one each time: a failure tells the seed with which it comes again. */
const seed = String(Math.floor(Math.random() * 1_000_000));

async function chaos(
  name: string,
  ...args: string[]
): Promise<{ verdict: Verdict; log: string; code: number }> {
  const { code, output, errors } = await tw('chaos', name, '--seed', seed, '--json', ...args);
  if (output === '') throw new Error(`seed ${seed}: no verdict, exit code ${code}\n${errors}`);
  return { verdict: JSON.parse(output) as Verdict, log: errors, code };
}

describe('chaos', () => {
  it(`kill -9 of services and relay leaders under load breaks no promise (seed ${seed})`, async () => {
    const { verdict, log, code } = await chaos('orders', '--seconds', '22', '--clients', '12');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);
    expect(Math.min(...Object.values(verdict.faults))).toBeGreaterThanOrEqual(1);

    const lines = readFileSync(join(verdict.files, 'acknowledged.jsonl'), 'utf8').trimEnd().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.filter((kind) => kind === 'order')).toHaveLength(verdict.acknowledged.orders);
    expect(kinds.filter((kind) => kind === 'payment')).toHaveLength(verdict.acknowledged.payments);
    const history = readFileSync(join(verdict.files, 'history.jsonl'), 'utf8').trimEnd().split('\n');
    const kills = history.filter((line) => (JSON.parse(line) as { what: string }).what === 'kill');
    expect(kills).toHaveLength(Object.values(verdict.faults).reduce((sum, count) => sum + count, 0));
  });

  it(`orders are taken while kafka, redis and the registry are away (seed ${seed})`, async () => {
    const { verdict, log, code } = await chaos('infra', '--seconds', '18', '--clients', '8');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);
  });
});
