import { describe, expect, it } from 'vitest';
import { decodeReading, encodeReading, parseDeviceMessage, readingKey } from './device-reading.ts';

const topic = 'iot/inventory/MUG-RED/delta';
const parse = (payload: object | string, of = topic) =>
  parseDeviceMessage(of, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)), 1_000);
const refusal = (payload: object | string, of?: string): string => {
  try {
    parse(payload, of);
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const least = { delta: -2, reason: 'SENSOR' };

describe('what devices send', () => {
  it('takes the sku from the topic, and the time in either form', () => {
    const full = { ...least, storeId: 'STORE-1-NORTH', deviceId: 'scale-7', session: 'b3', seq: 0 };
    expect(parse({ ...full, ts: '2026-01-15T10:30:00+01:00' })).toEqual({
      ...{ ...full, sku: 'MUG-RED', receivedAt: 1_000 },
      ts: Date.parse('2026-01-15T09:30:00Z'),
    });
    expect(parse({ ...least, ts: 1_768_469_400_000 }).ts).toBe(1_768_469_400_000);
  });

  it('leaves out what it does not know, and takes null for nothing', () => {
    expect(parse({ ...least, seq: null, battery: 0.4 })).toEqual({
      ...{ ...least, sku: 'MUG-RED', receivedAt: 1_000 },
    });
  });

  it('takes what only looks like a field that stands there twice', () => {
    const note = { delta: 5, text: '"delta": 1, "', list: [{ delta: 1 }, { delta: 2 }] };
    expect(parse({ ...least, note, seq: Number.MAX_SAFE_INTEGER - 1 }).delta).toBe(-2);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no delta', { reason: 'SENSOR' }],
    ['no change', { ...least, delta: 0 }],
    ['half a piece', { ...least, delta: 0.5 }],
    ['text for a number', { ...least, delta: '-2' }],
    ['too many pieces', { ...least, delta: -1_000_001 }],
    ['no reason', { delta: 1 }],
    ['a long reason', { ...least, reason: 'x'.repeat(65) }],
    ['a zero character', { ...least, reason: 'a\0b' }],
    ['a number below the first', { ...least, deviceId: 'd', seq: -1 }],
    ['a number that cannot be counted to', `{"delta":1,"reason":"R","seq":9007199254740993}`],
    ['a number that no event can say', { ...least, deviceId: 'd', seq: Number.MAX_SAFE_INTEGER }],
    ['a field that stands there twice', `{"delta":-2,"reason":"R","\\u0064elta" : -900}`],
    ['no time', { ...least, ts: 'yesterday' }],
    ['a time of nobody', { ...least, ts: '0001-01-01T00:00:00Z' }],
    ['a device with spaces', { ...least, deviceId: 'a b' }],
    ['too many bytes', { ...least, note: 'x'.repeat(9_000) }],
  ])('refuses %s', (_, payload) => {
    expect(refusal(payload)).toBe('READING_INVALID');
  });

  it('refuses bytes that are no text, and topics without a sku', () => {
    expect(() => parseDeviceMessage(topic, Buffer.from([0x7b, 0xff, 0x7d]), 0)).toThrow('UTF-8');
    expect(refusal(least, 'iot/inventory/a b/delta')).toBe('READING_INVALID');
    expect(refusal(least, 'iot/inventory//delta')).toBe('READING_INVALID');
  });

  it('comes back from the topic as it went there', () => {
    const reading = parse({ ...least, deviceId: 'scale-7', seq: 3 });
    expect(decodeReading(encodeReading(reading))).toEqual(reading);
    expect([readingKey(reading), readingKey(parse(least))]).toEqual(['scale-7', 'MUG-RED']);
  });
});
