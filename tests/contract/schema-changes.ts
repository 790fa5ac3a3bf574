/** JSON Schema, as far as services' documents use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

/** Follows references of one document. */
export type Resolve = (schema: Schema) => Schema;

export interface Comparison {
  /** Who must go on understanding whom: requests are written by old clients, responses read by them. */
  readonly direction: 'request' | 'response';
  readonly before: Resolve;
  readonly after: Resolve;
}

const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
/** A document that uses one of these needs a comparison that knows it. */
const UNKNOWN = ['allOf', 'not', 'if', 'prefixItems', 'patternProperties', '$dynamicRef'];

/** What an old client would stumble over; nothing where it would not notice. A response's enum may grow. */
export function schemaChanges(at: string, before: Schema, after: Schema, how: Comparison): string[] {
  const [old, fresh] = [branches(how.before(before)), branches(how.after(after))];
  const compare = (one: Schema, other: Schema): string[] =>
    how.direction === 'request' ? pairChanges(at, one, other, how) : pairChanges(at, other, one, how);
  const [written, read] = how.direction === 'request' ? [old, fresh] : [fresh, old];
  // Each thing that may be written must be understood by one of the readers' branches: the nearest is reported.
  return written.flatMap((one) => {
    const found = read.map((other) => compare(one, other));
    return found.reduce((best, next) => (next.length < best.length ? next : best));
  });
}

function branches(schema: Schema): readonly Schema[] {
  const unknown = UNKNOWN.find((keyword) => keyword in schema);
  if (unknown !== undefined) throw new Error(`schemas with "${unknown}" are not compared yet`);
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

function pairChanges(at: string, given: Schema, changed: Schema, how: Comparison): string[] {
  const before = how.before(given);
  const after = how.after(changed);
  const request = how.direction === 'request';
  if (before.anyOf ?? before.oneOf ?? after.anyOf ?? after.oneOf)
    return schemaChanges(at, before, after, how);
  if (!fits(...((request ? [before, after] : [after, before]) as [Schema, Schema])))
    return [`${at}: ${typesOf(before).join('|')} became ${typesOf(after).join('|')}`];
  return [
    ...(request ? [...enumChanges(at, before, after), ...limitChanges(at, before, after)] : []),
    ...propertyChanges(at, before, after, how),
    ...(before.items && after.items ? schemaChanges(`${at}[]`, before.items, after.items, how) : []),
    ...(typeof before.additionalProperties === 'object' && typeof after.additionalProperties === 'object'
      ? schemaChanges(`${at}.*`, before.additionalProperties, after.additionalProperties, how)
      : []),
  ];
}

const typesOf = ({ type }: Schema): readonly string[] => (type === undefined ? ['anything'] : [type].flat());

/** Whether everything of the written type is of a type that the reader knows. */
function fits(written: Schema, read: Schema): boolean {
  const known = typesOf(read);
  return known.includes('anything')
    ? true
    : typesOf(written).every(
        (type) => known.includes(type) || (type === 'integer' && known.includes('number')),
      );
}

const valuesOf = (schema: Schema): readonly unknown[] | undefined =>
  schema.enum ?? ('const' in schema ? [schema.const] : undefined);

function enumChanges(at: string, before: Schema, after: Schema): string[] {
  const taken = valuesOf(after);
  if (taken === undefined) return [];
  const known = valuesOf(before);
  if (known === undefined) return [`${at}: takes ${JSON.stringify(taken)} only`];
  return known
    .filter((value) => !taken.includes(value))
    .map((value) => `${at}: ${JSON.stringify(value)} is no longer taken`);
}

function limitChanges(at: string, before: Schema, after: Schema): string[] {
  const tighter = (keyword: string, sign: number): boolean => {
    const [old, fresh] = [before[keyword], after[keyword]];
    return typeof fresh === 'number' && (typeof old !== 'number' || (fresh - old) * sign > 0);
  };
  const limits = [
    ...UPPER.filter((keyword) => tighter(keyword, -1)),
    ...LOWER.filter((keyword) => tighter(keyword, 1)),
    ...(after['pattern'] !== undefined && after['pattern'] !== before['pattern'] ? ['pattern'] : []),
  ];
  return limits.map((keyword) => `${at}: ${keyword} is stricter`);
}

function propertyChanges(at: string, before: Schema, after: Schema, how: Comparison): string[] {
  const [had, has] = [before.properties ?? {}, after.properties ?? {}];
  const [needed, needs] = [before.required ?? [], after.required ?? []];
  return [
    ...Object.entries(had).flatMap(([name, schema]) => {
      const same = has[name];
      return same ? schemaChanges(`${at}.${name}`, schema, same, how) : [`${at}.${name} was removed`];
    }),
    ...(how.direction === 'request'
      ? needs.filter((name) => !needed.includes(name)).map((name) => `${at}.${name} is required`)
      : needed
          .filter((name) => name in has && !needs.includes(name))
          .map((name) => `${at}.${name} may be missing`)),
  ];
}
