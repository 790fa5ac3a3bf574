import { type Comparison, type Resolve, type Schema, schemaChanges } from './schema-changes.ts';

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
  readonly security?: readonly object[];
}

export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const REFERENCE = '#/components/schemas/';

/** Each way in which a client written against `before` would fail with `after`, by operation. */
export function breakingChanges(before: OpenapiDocument, after: OpenapiDocument): string[] {
  const sides = { before: resolver(before), after: resolver(after) };
  return Object.entries(before.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      const changed = after.paths[path]?.[method];
      const found = changed ? operationChanges(operation, changed, sides) : ['was removed'];
      return found.map((what) => `${method.toUpperCase()} ${path}: ${what}`);
    }),
  );
}

function resolver({ components }: OpenapiDocument): Resolve {
  return ({ $ref, ...rest }) => {
    if ($ref === undefined) return rest;
    const target = $ref.startsWith(REFERENCE) && components?.schemas?.[$ref.slice(REFERENCE.length)];
    if (!target) throw new Error(`there is no ${$ref}`);
    return target;
  };
}

type Sides = Pick<Comparison, 'before' | 'after'>;

function operationChanges(before: Operation, after: Operation, sides: Sides): string[] {
  return [
    ...(after.security && !before.security ? ['needs a token'] : []),
    ...parameterChanges(before, after, sides),
    ...bodyChanges(before, after, sides),
    ...Object.entries(before.responses ?? {}).flatMap(([status, { content }]) => {
      const answer = after.responses?.[status];
      return answer
        ? contentChanges(status, content, answer.content, { ...sides, direction: 'response' })
        : [`status ${status} was removed`];
    }),
  ];
}

function parameterChanges(before: Operation, after: Operation, sides: Sides): string[] {
  const [had, has] = [before.parameters ?? [], after.parameters ?? []];
  const find = (list: readonly Parameter[], { in: place, name }: Parameter) =>
    list.find((it) => it.in === place && it.name === name);
  const changed = had.flatMap((parameter) => {
    const at = `${parameter.in} ${parameter.name}`;
    const same = find(has, parameter);
    return same
      ? schemaChanges(at, parameter.schema, same.schema, { ...sides, direction: 'request' })
      : [`${at} was removed`];
  });
  const needed = has.filter((it) => it.required === true && find(had, it)?.required !== true);
  return [...changed, ...needed.map((it) => `${it.in} ${it.name} is required`)];
}

function bodyChanges(before: Operation, after: Operation, sides: Sides): string[] {
  const how = { ...sides, direction: 'request' } as const;
  if (!before.requestBody) return after.requestBody?.required === true ? ['a body is required'] : [];
  return contentChanges('body', before.requestBody.content, after.requestBody?.content, how);
}

function contentChanges(
  at: string,
  before: Content | undefined,
  after: Content | undefined,
  how: Comparison,
): string[] {
  return Object.entries(before ?? {}).flatMap(([type, { schema }]) => {
    const same = after?.[type];
    if (!same) return [`${at}: ${type} was removed`];
    return schema && same.schema ? schemaChanges(at, schema, same.schema, how) : [];
  });
}
