import { describe, expect, it } from 'vitest';
import { partnerProblems } from './partner-oracle.ts';
import { judgeReadiness, type Sample } from './readiness.ts';
import { watcherProblems } from './watcher-oracle.ts';

const rules = (problems: readonly { rule: string; subject: string }[]) =>
  problems.map(({ rule, subject }) => `${rule} ${subject}`);

describe('what a partner has heard', () => {
  const event = (version: number, key = 'o') => ({ eventId: `${key}${version}`, key, version });
  const published = [event(1), event(2), event(1, 'p')];
  const said = (status: number, version: number, key = 'o') => ({ ...event(version, key), status });

  it.each([
    ['each taken once', [said(204, 1), said(204, 1, 'p'), said(204, 2)], []],
    [
      'taken after failures, and again',
      [said(503, 1), said(204, 1), said(204, 1), said(204, 2), said(204, 1, 'p')],
      [],
    ],
    ['one that never was taken', [said(204, 1), said(503, 2), said(204, 1, 'p')], ['webhook missing o2']],
    ['an older one after a later', [said(204, 2), said(204, 1), said(204, 1, 'p')], ['webhook order o1']],
  ])('%s', (_, heard, expected) => {
    expect(rules(partnerProblems('steady', published, heard))).toEqual(expected);
  });
});

describe('what a client was told', () => {
  const orders = [{ orderId: 'o', status: 'PAID', versions: [1, 3, 4] }];
  const told = (connection: number, version: number, status = version === 4 ? 'PAID' : 'OPEN') => ({
    ...{ connection, orderId: 'o', status, version },
  });

  it.each([
    ['everything', [told(1, 1), told(1, 3), told(1, 4)], 0],
    ['the present status after a reconnection', [told(1, 1), told(2, 4)], 0],
    ['the same again after a reconnection', [told(1, 1), told(1, 3), told(2, 3), told(2, 4)], 0],
    ['all but one', [told(1, 1), told(1, 4)], 1],
    ['something twice', [told(1, 3), told(1, 3), told(1, 4)], 1],
    ['something older after a reconnection', [told(1, 3), told(2, 1), told(2, 3), told(2, 4)], 1],
    ['not the end', [told(1, 1), told(1, 3)], 1],
    ['nothing', [], 1],
  ])('%s', (_, frames, problems) => {
    expect(watcherProblems(orders, frames)).toHaveLength(problems);
  });
});

describe('what services say of an outage', () => {
  const sample = (at: number, ok: boolean): Sample => ({
    ...{ service: 'webhook-dispatcher', at, ready: true, checks: { rabbitmq: { ok } } },
  });
  const outage = { server: 'rabbitmq', from: 1_000, to: 5_000 } as const;
  const during = [1_500, 2_500, 3_500, 4_500];

  it('counts those that say it', () => {
    const { told, violations } = judgeReadiness([outage], [sample(500, true), sample(1_200, false)]);
    expect([told['webhook-dispatcher without rabbitmq'], violations]).toEqual([1, []]);
  });

  it('finds those that say all is well', () => {
    const judged = judgeReadiness(
      [outage],
      during.map((at) => sample(at, true)),
    );
    expect(rules(judged.violations)).toEqual(['readiness webhook-dispatcher']);
  });

  it('does not judge who was hardly there', () => {
    const judged = judgeReadiness([outage], [sample(900, true), sample(4_500, true), sample(5_500, true)]);
    expect(judged.violations).toEqual([]);
  });
});
