import { expect, test } from 'vitest';
import { periodically } from './periodically.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

test('a round that fails is followed by another, and rounds do not overlap', async () => {
  let rounds = 0;
  let inside = 0;
  let most = 0;
  const third = Promise.withResolvers<void>();
  const warned: string[] = [];
  const work = periodically({
    name: 'work',
    everyMs: 1,
    log: { ...quiet, warn: (_fields: object, message: string) => void warned.push(message) },
    async round() {
      most = Math.max(most, ++inside);
      await Promise.resolve();
      inside--;
      rounds++;
      if (rounds === 1) throw new Error('away');
      if (rounds === 3) third.resolve();
    },
  });
  await work.start();
  await third.promise;
  await work.stop();
  expect(most).toBe(1);
  expect(warned).toEqual(['work: a round failed; it is tried again']);
});

test('to stop waits for the round that runs and begins no other', async () => {
  const release = Promise.withResolvers<void>();
  let rounds = 0;
  let told = false;
  const work = periodically({
    name: 'work',
    everyMs: 1,
    atOnce: true,
    log: quiet,
    async round(stopping) {
      rounds++;
      await release.promise;
      told = stopping();
    },
  });
  await work.start();
  const stopped = work.stop();
  release.resolve();
  await stopped;
  expect({ rounds, told }).toEqual({ rounds: 1, told: true });
});
