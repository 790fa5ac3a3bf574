import { describe, expect, it } from 'vitest';
import { createBacklog } from './backlog.ts';

const BOUND = 60_000;

describe('a backlog', () => {
  it('is none at the start', () => {
    expect(createBacklog(BOUND)).toMatchObject({ ageMs: 0, tooOld: false });
  });

  it('closes the door before its bound, and opens it at half of it', () => {
    const backlog = createBacklog(BOUND);
    const seen = [47_000, 48_000, 59_000, 31_000, 29_000, 47_000].map((age, at) => {
      backlog.observe(at * 1_000, age);
      return backlog.tooOld;
    });
    expect(seen).toEqual([false, true, true, true, false, false]);
  });

  it('asks for the longest wait while nothing moves', () => {
    const backlog = createBacklog(BOUND);
    for (let second = 0; second < 70; second++) backlog.observe(second * 1_000, second * 1_000);
    expect(backlog).toMatchObject({ tooOld: true, retryAfterSeconds: 30 });
  });

  it('asks for the time that is left at the rate at which it shrinks', () => {
    const backlog = createBacklog(BOUND);
    // Three seconds of backlog a second: it gets two seconds younger each.
    for (let second = 0; second <= 10; second++) backlog.observe(second * 1_000, 60_000 - second * 2_000);
    expect(backlog.ageMs).toBe(40_000);
    expect(backlog.retryAfterSeconds).toBe(6);
  });

  it('never asks for less than a second', () => {
    const backlog = createBacklog(BOUND);
    backlog.observe(0, 50_000);
    backlog.observe(1_000, 0);
    expect(backlog).toMatchObject({ tooOld: false, retryAfterSeconds: 1 });
  });
});
