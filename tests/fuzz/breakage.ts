import fc from 'fast-check';

/** What stands where something else belongs. */
const ODD: readonly unknown[] = [
  null,
  '',
  ' ',
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  true,
  [],
  {},
  [[]],
  [null],
  '\0',
  '\ud800',
  '\u202e',
  '🚀'.repeat(60),
  'a'.repeat(10_000),
  "'; drop table orders; --",
  '../../etc/passwd',
  '${7*7}',
  '1e5',
  '0x10',
  '-0.00',
  '0.001',
  '٣',
  '9'.repeat(40),
  'NaN',
  '2026-02-30T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  { toString: 'x' },
  { constructor: { prototype: 1 } },
];

export type Breakage =
  | { readonly how: 'replace'; readonly at: number; readonly value: unknown }
  | { readonly how: 'remove' | 'repeat'; readonly at: number }
  | { readonly how: 'add'; readonly at: number; readonly field: string; readonly value: unknown };

const FIELDS = ['unknown', '__proto__', 'constructor', 'storeId', 'status', 'version', '', 'a\0b'];
const odd = fc.constantFrom(...ODD);

export const breakages: fc.Arbitrary<Breakage[]> = fc.array(
  fc.oneof(
    fc.record({ how: fc.constant('replace' as const), at: fc.nat(), value: odd }),
    fc.record({ how: fc.constantFrom('remove' as const, 'repeat' as const), at: fc.nat() }),
    fc.record({
      how: fc.constant('add' as const),
      at: fc.nat(),
      field: fc.constantFrom(...FIELDS),
      value: odd,
    }),
  ),
  { minLength: 1, maxLength: 2 },
);

type Container = Record<string, unknown> | unknown[];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** A value with one part broken. Pure. */
export function broken(value: unknown, breakage: Breakage): unknown {
  const root: Record<string, unknown> = { root: structuredClone(value) };
  const places = placesIn(root);
  const place = places[breakage.at % places.length];
  if (place === undefined) return value;
  const [holder, key] = place;
  const held = (holder as Record<string, unknown>)[key];
  switch (breakage.how) {
    case 'replace':
      set(holder, key, breakage.value);
      break;
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else if (holder !== root) delete holder[key];
      break;
    case 'repeat':
      set(holder, key, [held, held]);
      break;
    case 'add':
      if (isContainer(held) && !Array.isArray(held)) set(held, breakage.field, breakage.value);
      break;
    default:
      return breakage satisfies never;
  }
  return root['root'];
}

function placesIn(value: Container): (readonly [Container, string])[] {
  return Object.entries(value).flatMap(([key, part]) => [
    [value, key] as const,
    ...(isContainer(part) ? placesIn(part) : []),
  ]);
}

/** `__proto__` as a field of its own, as JSON.parse makes it. */
function set(holder: Container, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Bodies that are no JSON any more, or hardly. */
export const textBreakages: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  fc.nat().map((at) => (text: string) => Buffer.from(text).subarray(0, at % (text.length + 1))),
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, byte]) => (text: string) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  }),
  fc.nat({ max: 5_000 }).map((deep) => () => Buffer.from('['.repeat(deep) + ']'.repeat(deep))),
  fc
    .constantFrom('\uFEFF', '//', '{"a":1,"a":2}', '1', '"text"', 'null', '1e999', '{"qty":1e999}')
    .map((before) => (text: string) => Buffer.from(before === '\uFEFF' ? before + text : before)),
  fc
    .constantFrom(262_144, 262_145, 300_000)
    .map((size) => (text: string) => Buffer.from(text + ' '.repeat(Math.max(size - text.length, 0)))),
);
