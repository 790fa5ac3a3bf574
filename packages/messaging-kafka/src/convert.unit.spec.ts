import { describe, expect, it } from 'vitest';
import { toMessage } from './convert.ts';

const record = {
  ...{ offset: '7', timestamp: '1', attributes: 0 },
  key: Buffer.from('a\0b'),
  value: null,
  headers: { storeId: Buffer.from('S\0'), 'x\0': [Buffer.from('1'), Buffer.from('2')] },
};

describe('a record of Kafka', () => {
  it('becomes a message that can be kept as it is', () => {
    expect(toMessage('t', 1, record)).toMatchObject({
      ...{ key: 'a\ufffdb', value: Buffer.of(), offset: 7n },
      headers: { storeId: 'S\ufffd', 'x\ufffd': '2' },
    });
  });
});
