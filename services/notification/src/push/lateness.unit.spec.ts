import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { lateness } from './lateness.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('whether changes of orders come late', () => {
  it('is known by their age, and remembered for a while', () => {
    let now = NOON;
    const news = lateness({ lag: async () => 0n, log, now: () => now });
    news.heard('2026-11-21T11:59:59Z');
    expect(news.late).toBe(false);
    news.heard('2026-11-21T11:59:57Z');
    expect(news.late).toBe(true);
    now += 10_000;
    expect(news.late).toBe(false);
  });

  it('is assumed of a broker that does not answer', async () => {
    const news = lateness({ lag: () => Promise.reject(new Error('away')), log });
    await news.start();
    await eventually(() => expect(news.late).toBe(true));
    await news.stop();
  });
});
