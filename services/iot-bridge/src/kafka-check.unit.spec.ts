import { describe, expect, it } from 'vitest';
import { kafkaCheck } from './kafka-check.ts';

describe('whether Kafka takes readings', () => {
  it('is asked of Kafka itself, not too often, also while none come', async () => {
    let [now, questions, away] = [0, 0, false];
    const endOffsets = async () => {
      questions++;
      if (away) throw new Error('Kafka is away');
      return new Map<number, bigint>();
    };
    const { check } = kafkaCheck({ endOffsets }, { publishing: true }, () => now);
    await check();
    expect(await check()).toEqual({ ok: true });
    expect(questions).toBe(1);
    away = true;
    now += 2_001;
    await expect(check()).rejects.toThrow('away');
    away = false;
    now += 2_001;
    expect(await check()).toEqual({ ok: true });
  });

  it('is not so after a batch that it did not take', async () => {
    const { check } = kafkaCheck({ endOffsets: async () => new Map() }, { publishing: false });
    expect(await check()).toEqual({ ok: false });
  });
});
