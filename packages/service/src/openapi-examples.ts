/** As much of JSON Schema as our documents use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Schemas = Readonly<Record<string, Schema>>;

const ID = '01a1fca3-c02b-7d83-8f26-c90ea3a53227';
const TIME = '2026-11-21T06:41:03.558Z';

/** What values of a field look like, by its name. */
const byName: readonly (readonly [name: RegExp, value: string])[] = [
  [/^storeId$/, 'STORE-1'],
  [/^sku$/, 'MUG-RED'],
  [/(^i|I)d$/, ID],
  [/^currency$/, 'USD'],
  [/(amount|price|total)$/i, '129.50'],
  [/email/i, 'ada@example.com'],
  [/At$|^at$/, TIME],
  [/cursor$/i, 'eyJhZnRlciI6IjAxYTFmY2EzIn0'],
];

/**
 * An example of a schema: its own where it has one, else made of those of its parts. Pure.
 * @param name of the field that the value stands in
 */
export function exampleOf(schema: Schema, schemas: Schemas, name = ''): unknown {
  if (schema.$ref) return exampleOf(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas, name);
  const given = schema.example ?? schema.examples?.[0] ?? schema.const ?? schema.default ?? schema.enum?.[0];
  if (given !== undefined) return given;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return exampleOf(choices[0] ?? {}, schemas, name);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, name)));
  switch ([schema.type].flat()[0]) {
    case 'array':
      return [exampleOf(schema.items ?? {}, schemas, name)];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      if (schema.format === 'date-time') return TIME;
      return byName.find(([form]) => form.test(name))?.[1] ?? (name === '' ? 'text' : name);
    default: {
      const fields = Object.entries(schema.properties ?? {});
      return Object.fromEntries(fields.map(([field, part]) => [field, exampleOf(part, schemas, field)]));
    }
  }
}
