import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { forbiddenAddress, forbiddenHost } from './forbidden.ts';

const INSIDE = [
  ...['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '0.0.0.0'],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
  ],
  ...['203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '192.88.99.1'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
  ],
];
/** An IPv4 address in each form in which IPv6 carries one. */
const carriers: Readonly<Record<string, (a: number, b: number, c: number, d: number) => string>> = {
  mapped: (a, b, c, d) => `::ffff:${a}.${b}.${c}.${d}`,
  compatible: (a, b, c, d) => `::${a}.${b}.${c}.${d}`,
  NAT64: (a, b, c, d) => `64:ff9b::${a}.${b}.${c}.${d}`,
  'local NAT64': (a, b, c, d) => `64:ff9b:1::${a}.${b}.${c}.${d}`,
  '6to4': (a, b, c, d) => `2002:${hex(a, b)}:${hex(c, d)}::1`,
  Teredo: (a, b, c, d) => `2001:0:${hex(a, b)}:${hex(c, d)}::1`,
  translated: (a, b, c, d) => `::ffff:0:${a}.${b}.${c}.${d}`,
};
const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
const byte = fc.integer({ min: 0, max: 255 });
const privateBytes = fc.oneof(
  fc.tuple(fc.constant(127), byte, byte, byte),
  fc.tuple(fc.constant(10), byte, byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
);

describe('addresses', () => {
  it.each(INSIDE)('%s is refused', (address) => expect(forbiddenAddress(address)).toMatch(/not public/));
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
  ])('%s is allowed', (address) => expect(forbiddenAddress(address)).toBeUndefined());
  it('what is none is refused', () => expect(forbiddenAddress('example.com')).toMatch(/no address/));

  property.prop([privateBytes, fc.constantFrom(...Object.keys(carriers))])(
    'a private one is refused in whatever IPv6 address it hides',
    ([a, b, c, d], form) => {
      expect(forbiddenAddress(carriers[form]?.(a, b, c, d) ?? '')).toMatch(/not public/);
    },
  );

  property.prop([privateBytes, fc.constantFrom('decimal', 'hex', 'octal', 'parts', 'short')])(
    'a private one is refused in whatever notation its URL has it',
    ([a, b, c, d], notation) => {
      const whole = ((a * 256 + b) * 256 + c) * 256 + d;
      const written = {
        decimal: String(whole),
        hex: `0x${whole.toString(16)}`,
        octal: `0${whole.toString(8)}`,
        parts: [a, b, c, d].map((part) => `0x${part.toString(16)}`).join('.'),
        short: `${a}.${(b * 256 + c) * 256 + d}`,
      }[notation];
      expect(forbiddenAddress(new URL(`http://${written}/`).hostname)).toMatch(/not public/);
    },
  );
});

describe('hosts and ports', () => {
  it.each([
    ['localhost', 80],
    ['a.localhost', 80],
    ['metadata.google.internal', 80],
    ['metadata.google.internal.', 80],
    ['printer.local', 80],
    ['partner.example', 6379],
    ['partner.example', 25],
    ['partner.example', 5432],
  ])('%s:%i is refused', (host, port) => expect(forbiddenHost(host, port)).toBeDefined());
  it.each([
    ['partner.example', 443],
    ['partner.example', 8080],
    ['localhost.example', 443],
  ])('%s:%i is allowed', (host, port) => expect(forbiddenHost(host, port)).toBeUndefined());
});
