import { describe, expect, it } from 'vitest';
import { createStormWatch } from './storm-watch.ts';

function setUp(perSecond = 10) {
  let time = 0;
  const told: string[] = [];
  const watch = createStormWatch({
    ...{ perSecond, now: () => time },
    onBegin: (key) => void told.push(`${key} begins`),
    onEnd: (key) => void told.push(`${key} ends`),
  });
  const hear = (key: string, count: number, ms: number) => {
    for (let at = 0; at < count; at++) {
      watch.note(key);
      time += ms / count;
    }
  };
  return { watch, told, hear, pass: (ms: number) => (time += ms) };
}

describe('storm watch', () => {
  it('lets through what the limit allows', () => {
    const { watch, told, hear } = setUp();
    for (let second = 0; second < 5; second++) hear('A', 10, 1_000);
    expect([watch.active, told]).toEqual([0, []]);
  });

  it('tells a storm once, of its key only, while it lasts', () => {
    const { watch, told, hear } = setUp();
    for (let second = 0; second < 5; second++) hear('A', 50, 1_000);
    hear('B', 3, 100);
    expect([watch.isStormy('A'), watch.isStormy('B'), told]).toEqual([true, false, ['A begins']]);
  });

  it('does not end at the limit, but after a calm second', () => {
    const { watch, told, hear } = setUp();
    hear('A', 50, 1_000);
    for (let second = 0; second < 3; second++) hear('A', 9, 1_000);
    expect(watch.isStormy('A')).toBe(true);
    for (let second = 0; second < 3; second++) hear('A', 4, 1_000);
    expect([watch.isStormy('A'), told]).toEqual([false, ['A begins', 'A ends']]);
  });

  it('ends by itself when nothing more is heard', () => {
    const { watch, told, hear, pass } = setUp();
    hear('A', 50, 500);
    watch.sweep();
    expect(watch.active).toBe(1);
    pass(2_000);
    watch.sweep();
    expect([watch.active, told]).toEqual([0, ['A begins', 'A ends']]);
  });
});
