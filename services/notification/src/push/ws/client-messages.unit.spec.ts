import { describe, expect, it } from 'vitest';
import { readMessage } from './client-messages.ts';

describe('what a client says', () => {
  it.each([
    ['[1]', 'MALFORMED_MESSAGE'],
    ['{"type":"constructor"}', 'UNKNOWN_TYPE'],
    ['{"type":"subscribe","orderId":""}', 'INVALID_MESSAGE'],
    [String.raw`{"type":"subscribe","orderId":"a\u0000b"}`, 'INVALID_MESSAGE'],
    ['{"type":"ack","orderId":"A"}', 'INVALID_MESSAGE'],
    ['{"type":"subscribe","orderId":"A","channel":"me"}', 'INVALID_MESSAGE'],
  ])('%s is %s', (text, refusal) => {
    expect(readMessage(text)).toBe(refusal);
  });

  it('may hold fields of later versions', () => {
    expect(readMessage('{"type":"ping","since":1}')).toMatchObject({ type: 'ping' });
  });
});
