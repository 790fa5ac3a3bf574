import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { lateness } from './lateness.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('whether changes of orders come late', () => {
  it('is known by their age, and remembered for a while', () => {
    let now = NOON;
    const news = lateness({ subscription: () => ({ state: 'running' }), log, now: () => now });
    news.heard('2026-11-21T11:59:59Z');
    expect(news.late).toBe(false);
    news.heard('2026-11-21T11:59:57Z');
    expect(news.late).toBe(true);
    now += 10_000;
    expect(news.late).toBe(false);
  });

  it('is assumed for longer after the broker was away, as the orders’ own service has to come back as well', () => {
    let now = NOON;
    let state: 'running' | 'starting' = 'running';
    const news = lateness({ subscription: () => ({ state }), log, now: () => now });
    expect(news.late).toBe(false);
    state = 'starting';
    expect(news.late).toBe(true);
    state = 'running';
    now += 20_000;
    expect(news.late).toBe(true);
    now += 20_000;
    expect(news.late).toBe(false);
  });

  it('is assumed of a broker that does not answer', async () => {
    const lag = () => Promise.reject(new Error('away'));
    const news = lateness({ subscription: () => ({ state: 'running', lag }), log });
    await news.start();
    await eventually(() => expect(news.late).toBe(true));
    await news.stop();
  });
});
