import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { portTable, requireFree } from '#ports.ts';

describe('portTable', () => {
  it('is the contract without a base', () => {
    expect(portTable(undefined)).toMatchObject({
      gateway: 8080,
      order: 4004,
      postgres: 15432,
      'inventory-grpc': 50051,
      'pricing-grpc': 50052,
    });
    expect(portTable('')).toEqual(portTable('0'));
  });

  it('moves every port by the base', () => {
    expect(portTable('20000')).toMatchObject({
      gateway: 28080,
      postgres: 35432,
      kafka: 39092,
      'payment-gateway': 24090,
    });
  });

  it.each(['0', '1', '15484', '15485', '20000', '46000'])(
    'gives distinct, valid ports with base %s',
    (base) => {
      const ports = Object.values(portTable(base));
      expect(new Set(ports).size).toBe(ports.length);
      expect(ports.filter((port) => port < 1024 || port > 65_535)).toEqual([]);
    },
  );

  it.each(['-1', '1.5', 'abc', '46001', '70000'])('refuses base %s by name', (base) => {
    expect(() => portTable(base)).toThrow(`TW_PORT_BASE=${base}`);
  });

  it('refuses a base that puts a service where no browser and no fetch() can call it', () => {
    expect(() => portTable('2000')).toThrow('gateway on port 10080');
    expect(() => portTable('2100')).not.toThrow();
  });
});

describe('requireFree', () => {
  it('names the busy port and the variable that moves it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(requireFree([{ name: 'kafka', port }], 100)).rejects.toMatchObject({
        message: `port ${port} (kafka) is in use by another process`,
        fix: expect.stringContaining('TW_PORT_BASE'),
      });
    } finally {
      server.close();
    }
    await expect(requireFree([])).resolves.toBeUndefined();
  });
});
