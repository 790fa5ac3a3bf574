import { describe, expect, it } from 'vitest';
import { logLevel } from 'kafkajs';
import { kafkajsLog, silentLogger } from './logger.ts';

function recorded() {
  const lines: string[] = [];
  let time = 0;
  const log = kafkajsLog(
    {
      ...silentLogger,
      warn: (_fields, message) => void lines.push(`warn ${message}`),
      debug: (_fields, message) => void lines.push(`debug ${message}`),
    },
    () => time,
  );
  const write = (level: logLevel, message: string, fields = {}) =>
    log()({
      namespace: 'Runner',
      level,
      label: '',
      log: { timestamp: '', logger: 'kafkajs', message, ...fields },
    });
  return { lines, write, later: (ms: number) => void (time += ms) };
}

describe('the log of kafkajs', () => {
  it('says the same at most every ten seconds', () => {
    const { lines, write, later } = recorded();
    write(logLevel.ERROR, 'connection refused');
    write(logLevel.ERROR, 'connection refused');
    write(logLevel.ERROR, 'something else');
    later(10_000);
    write(logLevel.ERROR, 'connection refused');
    const refused = 'warn kafka Runner: connection refused';
    expect(lines).toEqual([refused, 'warn kafka Runner: something else', refused]);
  });

  it('keeps the ordinary noise of groups and chatter at debug', () => {
    const { lines, write } = recorded();
    write(logLevel.ERROR, 'Response GroupCoordinator', { error: 'The group coordinator is not available' });
    write(logLevel.INFO, 'Consumer has joined');
    expect(lines.every((line) => line.startsWith('debug'))).toBe(true);
    expect(lines.length).toBe(2);
  });
});
