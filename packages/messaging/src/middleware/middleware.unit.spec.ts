import { describe, expect, it } from 'vitest';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { PublishError, type OutgoingMessage, type Publisher } from '#broker.ts';
import { parseDeadLetter } from '#dead-letter.ts';
import { eachMessage, type Handler } from '#handler.ts';
import type { Message } from '#message.ts';
import { deadLetters } from './dead-letter.ts';
import { retry } from './retry.ts';

const message = (offset: bigint): Message => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: 0,
  key: 'k',
  value: Buffer.from('v'),
  headers: {},
});
const live = (): AbortSignal => new AbortController().signal;
const quick = { initialMs: 1, maxMs: 2 };

/** Fails so many times, then succeeds. */
function failing(times: number, error: () => unknown): { handler: Handler; calls: () => number } {
  let calls = 0;
  return {
    handler: async () => {
      if (calls++ < times) throw error();
    },
    calls: () => calls,
  };
}

function recording(): { publisher: Publisher; letters: { topic: string; message: OutgoingMessage }[] } {
  const letters: { topic: string; message: OutgoingMessage }[] = [];
  const publish: Publisher['publish'] = async (topic, messages) =>
    void letters.push(...messages.map((one) => ({ topic, message: one })));
  return { publisher: { publish, close: async () => undefined }, letters };
}

describe('retry', () => {
  it('tries again until it succeeds', async () => {
    const { handler, calls } = failing(2, () => new Error('lost connection'));
    await retry({ attempts: 3, ...quick })(handler)(message(0n), live());
    expect(calls()).toBe(3);
  });

  it('throws the last error when the attempts are used up', async () => {
    const { handler, calls } = failing(9, () => new Error(`failure ${calls()}`));
    await expect(retry({ attempts: 3, ...quick })(handler)(message(0n), live())).rejects.toThrow('failure 3');
  });

  it('does not try again what says it is pointless', async () => {
    const { handler, calls } = failing(9, () => new DomainError('WRONG', 'invalid', 'wrong'));
    await expect(retry({ attempts: 3, ...quick })(handler)(message(0n), live())).rejects.toMatchObject({
      code: 'WRONG',
    });
    expect(calls()).toBe(1);
  });

  it('stops waiting when the signal is aborted', async () => {
    const abort = new AbortController();
    const { handler, calls } = failing(9, () => new Error('no'));
    const patient = retry({
      attempts: 9,
      initialMs: 3_600_000,
      maxMs: 3_600_000,
      onRetry: () => abort.abort(),
    });
    await expect(patient(handler)(message(0n), abort.signal)).rejects.toThrow();
    expect(calls()).toBe(1);
  });
});

describe('dead letters', () => {
  it('keeps a message that fails, with its attempts, and lets the batch go on', async () => {
    const { publisher, letters } = recording();
    const handled: bigint[] = [];
    const handler: Handler = async ({ offset }) => {
      if (offset === 1n) throw new Error('no');
      handled.push(offset);
    };
    const kept = deadLetters({ consumer: 'c', publisher, attempts: 3, ...quick })(handler);
    await eachMessage(kept)([message(0n), message(1n), message(2n)], live());
    expect(handled).toEqual([0n, 2n]);
    expect(letters.map(({ topic }) => topic)).toEqual(['dlq.c']);
    expect(parseDeadLetter(letters[0]!.message)).toMatchObject({ attempts: 3, message: { offset: 1n } });
  });

  it('keeps a hopeless message after one attempt', async () => {
    const { publisher, letters } = recording();
    const { handler } = failing(9, () => new DomainError('WRONG', 'invalid', 'wrong'));
    await deadLetters({ consumer: 'c', publisher, attempts: 3, ...quick })(handler)(message(0n), live());
    expect(parseDeadLetter(letters[0]!.message)).toMatchObject({ attempts: 1, error: { code: 'WRONG' } });
  });

  it('fails when the letter cannot be stored, so that the message comes again', async () => {
    const publish = () => Promise.reject(new PublishError('away', { retryable: true }));
    const publisher: Publisher = { publish, close: async () => undefined };
    const { handler } = failing(9, () => new Error('no'));
    const kept = deadLetters({ consumer: 'c', publisher, attempts: 1, ...quick })(handler);
    await expect(kept(message(0n), live())).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
  });
});
