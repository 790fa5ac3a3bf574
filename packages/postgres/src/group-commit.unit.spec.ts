import { describe, expect, it } from 'vitest';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { groupCommit, type Outcome, restAfter } from './group-commit.ts';

const ok = <R>(value: R): Outcome<R> => ({ ok: true, value });

describe('group commit', () => {
  it('shares one run among concurrent commands and keeps their order', async () => {
    const batches: number[][] = [];
    const commit = groupCommit<number, number>({
      groupOf: () => 'one',
      run: async (_, commands) => {
        batches.push([...commands]);
        await new Promise(setImmediate);
        return commands.map((command) => ok(command * 2));
      },
    });
    const results = await Promise.all([1, 2, 3, 4].map(commit));
    expect(results).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1, 2, 3, 4]]);
  });

  it('forms the next batch while one is in flight, never running two of a group at once', async () => {
    let running = 0;
    const sizes: number[] = [];
    const commit = groupCommit<number, void>({
      groupOf: () => 'one',
      maxBatch: 10,
      run: async (_, commands) => {
        expect(++running).toBe(1);
        sizes.push(commands.length);
        await new Promise(setImmediate);
        running--;
        return commands.map(() => ok(undefined));
      },
    });
    await Promise.all(Array.from({ length: 25 }, (_, index) => commit(index)));
    expect(sizes).toEqual([10, 10, 5]);
  });

  it('never mixes groups', async () => {
    const seen: string[] = [];
    const commit = groupCommit<string, void>({
      groupOf: (command) => command.charAt(0),
      run: async (group, commands) => {
        seen.push(`${group}:${commands.join()}`);
        return commands.map(() => ok(undefined));
      },
    });
    await Promise.all(['a1', 'b1', 'a2', 'b2'].map(commit));
    expect(seen.sort()).toEqual(['a:a1,a2', 'b:b1,b2']);
  });

  it('lets one refusal fail alone', async () => {
    const commit = groupCommit<number, number>({
      groupOf: () => 'one',
      run: async (_, commands) =>
        commands.map((command) => (command === 2 ? { ok: false, error: new Error('no') } : ok(command))),
    });
    const settled = await Promise.allSettled([1, 2, 3].map(commit));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('isolates the command that makes the whole transaction fail', async () => {
    const commit = groupCommit<number, number>({
      groupOf: () => 'one',
      run: async (_, commands) => {
        if (commands.includes(5)) throw new Error('constraint');
        return commands.map(ok);
      },
    });
    const settled = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(commit));
    expect(settled.map(({ status }) => (status === 'fulfilled' ? 1 : 0))).toEqual([1, 1, 1, 1, 0, 1, 1, 1]);
  });

  it('does not hammer a database that is away', async () => {
    let runs = 0;
    const commit = groupCommit<number, number>({
      groupOf: () => 'one',
      run: async () => {
        runs++;
        throw new DomainError('DATABASE_UNAVAILABLE', 'unavailable', 'away');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3].map(commit));
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(runs).toBe(1);
  });
});

describe('the rest after a batch', () => {
  it.each([
    ['none where the machine has time', 3, 0, 0],
    ['as long as the batch where it is busy and few wait', 9, 4, 9],
    ['never long', 80, 0, 15],
    ['none where enough wait already', 80, 10, 0],
  ])('is %s', (_, took, waiting, rest) => expect(restAfter(took, waiting)).toBe(rest));
});
