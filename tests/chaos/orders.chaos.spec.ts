import { describe, expect, it } from 'vitest';
import { chaos, linesOf, randomSeed } from './chaos.fixture.ts';

const seed = randomSeed();

describe('chaos', () => {
  it(`kill -9 of services and relay leaders under load breaks no promise (seed ${seed})`, async () => {
    const { verdict, log, code } = await chaos('orders', seed, '--seconds', '22', '--clients', '12');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);
    expect(Math.min(...Object.values(verdict.faults))).toBeGreaterThanOrEqual(1);

    const kinds = linesOf<{ kind: string }>(verdict, 'acknowledged.jsonl').map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'order')).toHaveLength(verdict.acknowledged.orders);
    expect(kinds.filter((kind) => kind === 'payment')).toHaveLength(verdict.acknowledged.payments);
    const kills = linesOf<{ what: string }>(verdict, 'history.jsonl').filter(({ what }) => what === 'kill');
    expect(kills).toHaveLength(Object.values(verdict.faults).reduce((sum, count) => sum + count, 0));
  });

  it(`orders are taken while kafka, redis and the registry are away (seed ${seed})`, async () => {
    const { verdict, log, code } = await chaos('infra', seed, '--seconds', '18', '--clients', '8');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);
  });
});
