import { describe, expect, it } from 'vitest';
import { murmur2, partitionFor } from './partitioner.ts';

describe('partitioner', () => {
  // The vectors of Apache Kafka's own UtilsTest.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
    ['', 275646681],
  ])('hashes %j as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('takes the UTF-8 bytes of a key and stays within the partitions', () => {
    for (const key of ['Łódź', '鍵', '🚢', 'STORE-1']) {
      const partition = partitionFor(key, 12);
      expect(partition).toBe((murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % 12);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(12);
    }
  });

  it('spreads keys over all partitions', () => {
    const used = new Set(Array.from({ length: 500 }, (_, n) => partitionFor(`order-${n}`, 12)));
    expect(used.size).toBe(12);
  });
});
