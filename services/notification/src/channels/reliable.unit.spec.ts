import { describe, expect, it } from 'vitest';
import { type Channel, ChannelFailure } from './channel.ts';
import { reliable } from './reliable.ts';

const message = { deliveryId: 'D1', address: 'a', subject: null, body: 'b' };

/** A sink that is away for so many tries. */
function sink(failures: number) {
  let tries = 0;
  const channel: Channel = {
    name: 'SMS',
    send: async () => {
      if (++tries <= failures) throw new ChannelFailure('UNREACHABLE', 'away');
      return { kind: 'SENT', providerMessageId: null };
    },
    close: async () => undefined,
  };
  let clock = 0;
  const wrapped = reliable(channel, { concurrency: 20, restMs: 1, now: () => clock });
  const fail = () => expect(wrapped.send(message)).rejects.toMatchObject({ code: 'UNREACHABLE' });
  return { wrapped, fail, tick: () => (clock += 10) };
}

describe('a sink that is away', () => {
  it('is left alone after five failures in a row, then asked with one message', async () => {
    const { wrapped, fail, tick } = sink(5);
    expect(wrapped.room).toBe(20);
    for (let tries = 0; tries < 5; tries++) await fail();
    expect([wrapped.room, wrapped.breakerOpen]).toEqual([0, true]);
    tick();
    expect(wrapped.room).toBe(1);
  });
});
