import { defineCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { descend, numberOf, refuseMisplaced, refuseUnknownFlags } from '#arguments.ts';

const args = {
  json: { type: 'boolean', alias: 'j' },
  lines: { type: 'string' },
  demo: { type: 'boolean', default: true },
} as const;

describe('refuseUnknownFlags', () => {
  it.each([
    [['--json']],
    [['-j']],
    [['--lines=3']],
    [['--lines', '3', 'order']],
    [['--no-demo']],
    [['--', '--bogus']],
  ])('lets %j pass', (raw) => expect(() => refuseUnknownFlags(args, raw)).not.toThrow());

  it.each([
    [['--wpie'], '--wpie'],
    [['--josn=1'], '--josn'],
    [['-x'], '-x'],
  ])('refuses %j', (raw, name) => {
    expect(() => refuseUnknownFlags(args, raw)).toThrow(`unknown option ${name}`);
  });
});

describe('refuseMisplaced', () => {
  const one = { ...args, name: { type: 'positional' } } as const;

  it.each([[['order', '--lines', '3']], [['--lines=3', 'order', '--json']], [[]]])('lets %j pass', (raw) =>
    expect(() =>
      refuseMisplaced({ ...one, name: { type: 'positional', required: false } }, raw),
    ).not.toThrow(),
  );

  it('refuses an argument too many', () => {
    expect(() => refuseMisplaced(one, ['order', 'extra'])).toThrow('unexpected argument extra');
    expect(() => refuseMisplaced(args, ['wipe'])).toThrow('unexpected argument wipe');
  });

  it('refuses an option without its value', () => {
    expect(() => refuseMisplaced(args, ['--lines'])).toThrow('--lines needs a value');
    expect(() => refuseMisplaced(args, ['--lines='])).toThrow('--lines needs a value');
  });
});

describe('numberOf', () => {
  it('takes numbers from 0, and nothing else', () => {
    expect(numberOf('runs', '0.5')).toBe(0.5);
    for (const text of ['', 'x', '-1']) expect(() => numberOf('runs', text)).toThrow('--runs');
  });
});

describe('descend', () => {
  const ls = defineCommand({ meta: { name: 'ls' }, run: () => undefined });
  const dlq = defineCommand({ meta: { name: 'dlq' }, subCommands: { ls: () => Promise.resolve(ls) } });
  const root = defineCommand({ subCommands: { dlq } });

  it('follows sub-commands and hands on the rest', async () => {
    expect(await descend(root, ['dlq', 'ls', '--json'])).toMatchObject({
      command: ls,
      parent: dlq,
      rest: ['--json'],
    });
  });

  it('stops at a flag', async () => {
    expect(await descend(root, ['dlq', '--help'])).toMatchObject({ command: dlq, rest: ['--help'] });
  });

  it.each([[['nope']], [['dlq', 'toString']]])('refuses %j', async (raw) => {
    await expect(descend(root, raw)).rejects.toThrow('unknown command');
  });
});
