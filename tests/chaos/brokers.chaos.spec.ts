import { describe, expect, it } from 'vitest';
import { chaos, linesOf, randomSeed } from './chaos.fixture.ts';

const seed = randomSeed();

describe('chaos of brokers', () => {
  it(`partners, pages and devices lose nothing by kill -9 of brokers and of who lives on them (seed ${seed})`, async () => {
    const { verdict, log, code } = await chaos('brokers', seed, '--seconds', '16', '--clients', '8');
    expect({ ...verdict, log }).toMatchObject({ outcome: 'ok', violations: [], void: [] });
    expect(code).toBe(0);

    const kills = linesOf<{ what: string; target: string }>(verdict, 'history.jsonl').filter(
      ({ what }) => what === 'kill',
    );
    expect(new Set(kills.map(({ target }) => target))).toEqual(
      new Set([
        ...['rabbitmq', 'mosquitto', 'redis', 'kafka'],
        ...['notification', 'webhook-dispatcher', 'iot-bridge', 'inventory'],
      ]),
    );
  });
});
