import fc from 'fast-check';
import { type KnownValues, leads, single } from './known-values.ts';
import { dereferenced, type OpenapiDocument, type Schema } from './openapi.ts';

const DEEPEST = 6;
const LONGEST = 300;

/** What valid values are made of. */
export interface Making {
  readonly document: OpenapiDocument;
  readonly known: KnownValues;
}

/** Values that a schema takes; fields that the service has told values of get those as well. */
export function valueOf(schema: Schema, making: Making, field = '', depth = 0): fc.Arbitrary<unknown> {
  const own = made(dereferenced(schema, making.document), making, field, depth);
  if (!leads(field)) return own;
  // Looked up when the value is made, not here: the service tells more as it goes.
  return fc
    .tuple(own, fc.nat(), fc.integer({ min: 0, max: 9 }))
    .map(([other, n, die]) => (die < 8 ? (making.known.pick(field, n) ?? other) : other));
}

function made(schema: Schema, making: Making, field: string, depth: number): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((one) => valueOf(one, making, field, depth + 1)));
  if (schema.allOf) {
    const parts = schema.allOf.map((one) => valueOf(one, making, field, depth + 1));
    return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as unknown);
  }
  const types = [schema.type ?? 'object'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, making, field, depth)));
}

function ofType(
  type: string,
  schema: Schema,
  making: Making,
  field: string,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numbers(schema, type, field);
    case 'string':
      return strings(schema, field);
    case 'array': {
      const maxLength = Math.min(schema.maxItems ?? 4, 4);
      const minLength = Math.min(schema.minItems ?? 0, maxLength);
      return fc.array(valueOf(schema.items ?? {}, making, single(field), depth + 1), {
        minLength,
        maxLength,
      });
    }
    default:
      return depth > DEEPEST ? fc.constant({}) : objects(schema, making, depth);
  }
}

function objects(schema: Schema, making: Making, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, valueOf(part, making, name, depth + 1)]),
  );
  const named = fc.record(fields, { requiredKeys: required.filter((name) => name in properties) });
  if (typeof additionalProperties !== 'object') return named;
  const free = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 20 }),
    valueOf(additionalProperties, making, '', depth + 1),
    { maxKeys: 3 },
  );
  return fc.tuple(named, free).map(([a, b]) => ({ ...b, ...a }));
}

function numbers(schema: Schema, type: string, field: string): fc.Arbitrary<number> {
  if (/percent$/i.test(field))
    return fc.oneof(
      fc.nat({ max: 100 }),
      fc.integer({ min: -9, max: 10_001 }).map((n) => n / 100),
    );
  const min = Math.max(schema.minimum ?? (schema.exclusiveMinimum ?? -1001) + 1, -1e9);
  const max = Math.min(schema.maximum ?? 1e6, 1e9);
  if (type === 'integer') {
    const [least, most] = [Math.ceil(min), Math.max(Math.floor(max), min)];
    const few = fc.integer({ min: least, max: Math.min(least + 9, most) });
    return fc.oneof(
      { weight: 3, arbitrary: few },
      { weight: 1, arbitrary: fc.integer({ min: least, max: most }) },
    );
  }
  const cents = fc.integer({ min: Math.ceil(min * 100), max: Math.floor(Math.min(max, 1e6) * 100) });
  return cents.map((n) => n / 100);
}

function strings({ format, pattern, minLength = 0, maxLength }: Schema, field: string): fc.Arbitrary<string> {
  const longest = Math.max(minLength, Math.min(maxLength ?? 40, LONGEST));
  const plain = fc.string({ minLength, maxLength: longest });
  if (format === 'date-time') return fc.date({ noInvalidDate: true, ...YEARS }).map((at) => at.toISOString());
  if (format === 'email') return fc.stringMatching(/^[a-z]{1,9}\.[a-z0-9]{1,9}@[a-z]{2,9}\.example$/);
  // Nothing here may make a service call somebody else's machine.
  if (format === 'uri' || field === 'url') return fc.oneof(fc.constantFrom(...NOBODY), plain);
  if (format === 'uuid') return fc.uuid();
  if (pattern !== undefined) return matching(pattern) ?? plain;
  if (/(amount|price|total|value|percent|rate)$/i.test(field)) {
    return fc.oneof(
      fc.nat({ max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2)),
      plain,
    );
  }
  if (field === 'currency') return fc.oneof(fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'XXX'), plain);
  return fc.oneof(plain, fc.string({ minLength, maxLength: longest, unit: 'grapheme' }));
}

/** Endpoints on this machine at which nobody listens. */
const NOBODY = ['http://127.0.0.1:1025/hooks', 'https://127.0.0.1:1026/?a=b&c', 'http://127.0.0.1:1027'];

const YEARS = { min: new Date('2000-01-01'), max: new Date('2100-01-01') };

/** Undefined for expressions that can't be turned round, such as those with look-ahead. */
function matching(pattern: string): fc.Arbitrary<string> | undefined {
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return undefined;
  }
}

/** What names something that is there; other fields of an example may be names of what is to be made. */
const REFERS = /((?<!store)Id|Token|carrier|^url)$/;

/** The document's own example, naming what exists. */
export function exampleOf(schema: Schema, { document, known }: Making): fc.Arbitrary<unknown> | undefined {
  const { example } = dereferenced(schema, document);
  if (example === undefined) return undefined;
  return fc.nat().map((n) => renewed(example, known, n));
}

function renewed(value: unknown, known: KnownValues, n: number, field = ''): unknown {
  if (Array.isArray(value)) return value.map((part, at) => renewed(part, known, n + at, single(field)));
  if (typeof value !== 'object' || value === null)
    return REFERS.test(field) ? (known.pick(field, n) ?? value) : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, renewed(part, known, n, name)]),
  );
}
