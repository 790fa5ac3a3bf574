import { describe, expect, it } from 'vitest';
import { checkOptions, fromOf, parseWish, refusalOf, replayOptions, speedOf } from './replay-options.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

describe('the command line of a service’s replay', () => {
  it('names a projection and says how', () =>
    expect(parseWish(['p', '--verify', '--rate', '50', '--until', '1700000000000'])).toMatchObject({
      ...{ verb: 'replay', projection: 'p' },
      options: { verify: true, hold: false, rate: 50, until: '2023-11-14T22:13:20.000Z' },
    }));

  it('takes a time or offsets to begin at, and compares then in any case', () => {
    expect(parseWish(['p', '--from', '1700000000000'])).toMatchObject({
      options: { verify: true, from: '2023-11-14T22:13:20.000Z' },
    });
    const wish = parseWish(['p', '--from', 'a.b:3=1200,a.b:0=0']);
    const options = 'options' in wish ? wish.options : undefined;
    expect(fromOf(options!)).toEqual(
      new Map([
        ['a.b 3', 1200n],
        ['a.b 0', 0n],
      ]),
    );
  });

  it.each([
    [['--check'], 'check'],
    [['p', '--rows'], 'rows'],
    [['p', '--rollback'], 'rollback'],
    [['p', '--drop-old'], 'drop-old'],
    [['--run', 'x'], 'run'],
  ])('%j', (args, verb) => expect(parseWish(args).verb).toBe(verb));

  it.each([
    [[]],
    [['p', 'q']],
    [['p', '--fast']],
    [['p', '--from', 'a:b=c']],
    [['p', '--from', 'yesterday']],
    [['p', '--store', 'paper']],
  ])('refuses %j', (args) => expect(() => parseWish(args)).toThrow(Error));
});

describe('options of a replay', () => {
  const parsed = (given: object) => replayOptions.parse(given);

  it.each([
    { from: '2026-02-01T00:00:00Z' },
    { until: '2026-02-01T00:00:00Z' },
    { from: '2026-01-30T00:00:00Z', until: '2026-01-29T00:00:00Z' },
    { from: '2026-01-30T00:00:00Z', fromOffsets: { 'a:1': '2' } },
    { rate: 5, fullSpeed: true },
  ])('%o do not go together', (given) => expect(() => checkOptions(parsed(given), NOW)).toThrow());

  it('give way to live traffic unless told otherwise', () => {
    expect(speedOf(parsed({}))).toEqual({ kind: 'adaptive' });
    expect(speedOf(parsed({ rate: 7 }))).toEqual({ kind: 'rate', perSecond: 7 });
    expect(speedOf(parsed({ fullSpeed: true }))).toEqual({ kind: 'full' });
  });

  it('can’t leave out events of a view that nothing checks, nor put one where it has no layout', () => {
    const view = { name: 'v', topics: [], key: 'k', keyOf: () => '', evolve: () => undefined };
    expect(refusalOf(view, parsed({ from: '2026-01-30T00:00:00Z' }))).toContain('unchecked');
    expect(refusalOf(view, parsed({ store: 'redis' }))).toContain('no layout');
    expect(refusalOf(view, parsed({ store: 'postgres' }))).toBeUndefined();
  });

  it('can’t leave out events of sums, though these can be compared', () => {
    const sums = {
      ...{ name: 's', topics: [], key: 'k', parity: { digest: 'p.n' }, versions: { make: 'm', drop: 'd' } },
      projector: () => ({ apply: async () => undefined, retry: async () => undefined, applied: 0 }),
      contradictions: async () => [],
    };
    expect(refusalOf(sums, parsed({ from: '2026-01-30T00:00:00Z' }))).toContain('every event');
    expect(refusalOf(sums, parsed({ fromOffsets: { 'ecommerce.order.order:3': '1200' } }))).toContain(
      'every event',
    );
    expect(refusalOf(sums, parsed({ until: '2026-01-30T00:00:00Z' }))).toBeUndefined();
  });
});
