import { describe, expect, it } from 'vitest';
import { createBoard } from './knobs.ts';
import { createMessages, type Entry, type Sent } from './messages.ts';

const mail: Sent = {
  ...{ channel: 'EMAIL', key: '<D1@tradewind>', to: 'grace@example.com', from: null },
  ...{ subject: 'Paid', text: 'Thank you', html: null },
};

function mailbox(entries: readonly Entry[] = []) {
  const written = [...entries];
  let ids = 0;
  const messages = createMessages({
    entries,
    append: (entry) => written.push(entry),
    newId: () => `M${++ids}`,
    now: () => 0,
  });
  return { messages, written };
}

describe('messages', () => {
  it('are kept once, however often they come', () => {
    const { messages } = mailbox();
    expect([messages.take(mail).id, messages.take(mail).id]).toEqual(['M1', 'M1']);
    expect(messages.all()).toEqual([{ ...mail, id: 'M1', at: 0, repeats: 1 }]);
  });

  it('of different channels may have the same key', () => {
    const { messages } = mailbox();
    messages.take(mail);
    messages.take({ ...mail, channel: 'SMS' });
    expect(messages.all().map(({ channel, repeats }) => [channel, repeats])).toEqual([
      ['SMS', 0],
      ['EMAIL', 0],
    ]);
  });

  it('are known after a restart', () => {
    const before = mailbox();
    before.messages.take(mail);
    before.messages.take(mail);
    const after = mailbox(before.written);
    expect(after.messages.take(mail)).toMatchObject({ id: 'M1', repeats: 2 });
  });
});

describe('knobs', () => {
  it('of a channel win over those of all, and happen so many times', () => {
    const board = createBoard();
    board.set({ all: { mode: 'DOWN' }, EMAIL: { mode: 'FAIL', times: 1 } });
    const modes = [board.take('EMAIL', 'a'), board.take('EMAIL', 'a'), board.take('SMS', 'a')];
    expect(modes.map(({ mode }) => mode)).toEqual(['FAIL', undefined, 'DOWN']);
  });

  it('may concern one address only', () => {
    const board = createBoard();
    board.set({ PUSH: { mode: 'REFUSE', to: 'mine', delayMs: 5 } });
    expect(board.take('PUSH', 'theirs')).toEqual({ delayMs: 0, mode: undefined });
    expect(board.take('PUSH', 'mine')).toEqual({ delayMs: 5, mode: 'REFUSE' });
  });
});
