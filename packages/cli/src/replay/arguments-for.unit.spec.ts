import { describe, expect, it } from 'vitest';
import { UsageError } from '#arguments.ts';
import { argumentsFor, type ReplayArguments } from './arguments-for.ts';
import { display } from './display.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const plain: ReplayArguments = {
  ...{ verify: true, hold: false, rollback: false, 'drop-old': false, 'full-speed': false },
};
const told = (given: Partial<ReplayArguments>) => argumentsFor({ ...plain, ...given }, NOW).join(' ');

describe('what a service is asked to replay', () => {
  it.each<[Partial<ReplayArguments>, string]>([
    [{}, '--verify'],
    [{ verify: false, 'full-speed': true }, '--full-speed'],
    [{ from: '2026-01-30T00:00:00Z' }, '--verify --from 1769731200000'],
    [{ from: 'a.b:1=2', rate: '500' }, '--verify --from a.b:1=2 --rate 500'],
    [{ until: '2026-01-31T11:00:00Z' }, '--verify --until 1769857200000'],
    [{ rollback: true }, '--rollback --verify'],
    [{ 'drop-old': true }, '--drop-old'],
  ])('%o', (given, line) => expect(told(given)).toBe(line));

  it.each<Partial<ReplayArguments>>([
    { from: '2026-02-01T00:00:00Z' },
    { until: '2026-02-01T00:00:00Z' },
    { until: 'a.b:1=2' },
    { from: '2026-01-30T00:00:00Z', until: '2026-01-29T00:00:00Z' },
    { rate: '0' },
    { rate: 'fast' },
    { rate: '5', 'full-speed': true },
    { rollback: true, hold: true },
    { rollback: true, from: '2026-01-30T00:00:00Z' },
    { rollback: true, 'drop-old': true },
  ])('refuses %o', (given) => expect(() => told(given)).toThrow(UsageError));
});

describe('progress', () => {
  const shown = (names: readonly string[], isTTY: boolean) => {
    const written: string[] = [];
    let now = 0;
    const out = { isTTY, write: (text: string) => written.push(text) > 0 };
    return { lines: display(names, out, () => now), written, later: (ms: number) => (now += ms) };
  };

  it('is told line by line, not more often than one can read, each phase at once', () => {
    const { lines, written, later } = shown(['a', 'b'], false);
    lines.progress('a', 'reading', '1 %');
    lines.progress('b', 'reading', '1 %');
    lines.progress('a', 'reading', '2 %');
    lines.progress('a', 'comparing', 'comparing');
    later(2_000);
    lines.progress('b', 'reading', '9 %');
    expect(written).toEqual(['a 1 %\n', 'b 1 %\n', 'a comparing\n', 'b 9 %\n']);
  });

  it('of several is redrawn in place on a terminal, and what stays stands above it', () => {
    const { lines, written } = shown(['a', 'b'], true);
    lines.progress('a', 'reading', '1 %');
    lines.progress('b', 'reading', '2 %');
    lines.say('a is done');
    expect(written.join('')).toBe(
      'a 1 %\n\x1b[1A\x1b[0Ja 1 %\nb 2 %\n\x1b[2A\x1b[0Ja is done\na 1 %\nb 2 %\n',
    );
  });
});
