import { decodeReading, READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { isUuid } from '@tradewind/kernel/ids.ts';
import { parseDeadLetter } from '@tradewind/messaging/dead-letter.ts';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '#arrival.fixture.ts';
import { translate } from './translate.ts';

const reading = { delta: -2, reason: 'SENSOR', deviceId: 'scale-7', seq: 4 };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('what becomes of a message', () => {
  it('is a reading under the key of its device, with what it carried', () => {
    const properties = { traceparent, correlationId: 'CORR-1', other: 'x' };
    const { topic, message, code } = translate(arrivalOf(reading, undefined, properties));
    expect([topic, message.key, code]).toEqual([READINGS_TOPIC, 'scale-7', 0]);
    expect(decodeReading(message.value)).toMatchObject({ ...reading, sku: 'MUG', receivedAt: 1_000 });
    expect(message.headers).toEqual({
      readingId: expect.toSatisfy(isUuid),
      correlationId: 'CORR-1',
      traceparent,
    });
  });

  it('carries no property of another form', () => {
    const { message } = translate(arrivalOf(reading, undefined, { traceparent: 'x', correlationId: 'a b' }));
    expect(message.headers['correlationId']).toSatisfy(isUuid);
    expect(message.headers).not.toHaveProperty('traceparent');
  });

  it('is a dead letter with its own bytes where it cannot be read', () => {
    const { topic, message, code } = translate(arrivalOf('{"delta":"two"}'));
    expect([topic, code]).toEqual(['dlq.iot-bridge', 0x99]);
    const letter = parseDeadLetter(message);
    expect(letter.error).toMatchObject({
      code: 'READING_INVALID',
      message: expect.stringContaining('delta'),
    });
    expect(letter.message).toMatchObject({
      topic: 'iot/inventory/MUG/delta',
      value: Buffer.from('{"delta":"two"}'),
    });
  });
});
