import { defineCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { descend, refuseUnknownFlags } from '#arguments.ts';

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
