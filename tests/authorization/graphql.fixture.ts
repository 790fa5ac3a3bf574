import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { checkout, unique, urlOf } from '../e2e/stack.fixture.ts';
import type { Outcome } from './table.ts';
import type { Things } from './things.fixture.ts';

export interface Field {
  /** `Query.order` */
  readonly name: string;
  ask(things: Things, bearer: string | undefined, expected: Outcome): Promise<string>;
}

/** Every field of the graph's roots, as a client finds them. */
export function fields(): Field[] {
  const schema = buildSchema(readFileSync(join(checkout, 'schemas/graphql/api.graphql'), 'utf8'));
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).map((field) => {
      const isWrite = root?.name === 'Mutation';
      return {
        name: `${root?.name}.${field.name}`,
        async ask(things, bearer, expected) {
          // Who is let through with a write says what no route takes: nothing is done.
          const text = documentOf(field, isWrite, (argument) =>
            valueOf(argument, things, { of: field.name, wrong: isWrite && expected === 'ok' }),
          );
          return outcomeOf(await send(text, bearer), field.name);
        },
      };
    }),
  );
}

/** Optional in the schema, but the answer depends on them. */
const always = new Set(['expectedVersion', 'idempotencyKey']);

type Argument = GraphQLArgument | GraphQLInputField;

function documentOf(
  field: GraphQLField<unknown, unknown>,
  isWrite: boolean,
  value: (argument: GraphQLArgument) => string,
): string {
  const wanted = field.args.filter((one) => isNonNullType(one.type) || always.has(one.name));
  const list = wanted.map((one) => `${one.name}: ${value(one)}`).join(', ');
  const type = getNamedType(field.type);
  const leaves = isObjectType(type)
    ? Object.values(type.getFields()).filter(
        (one) => isLeafType(getNamedType(one.type)) && one.args.length === 0,
      )
    : [];
  const selection = leaves[0] ? ` { ${leaves[0].name} }` : isObjectType(type) ? ' { __typename }' : '';
  return `${isWrite ? 'mutation' : 'query'} { ${field.name}${list === '' ? '' : `(${list})`}${selection} }`;
}

interface How {
  /** The field whose argument it is, at whatever depth. */
  readonly of: string;
  /** As the schema's type wants it, but refused by the route behind it. */
  readonly wrong: boolean;
}

function valueOf({ name, type }: Argument, things: Things, how: How): string {
  const { of, wrong } = how;
  const nullable: GraphQLInputType = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) return `[${valueOf({ name, type: nullable.ofType } as Argument, things, how)}]`;
  if (isInputObjectType(nullable)) {
    const needed = Object.values(nullable.getFields()).filter((one) => isNonNullType(one.type));
    return `{ ${needed.map((one) => `${one.name}: ${valueOf(one, things, how)}`).join(', ')} }`;
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? 'null';
  if (name === 'expectedVersion') return wrong ? '2147483647' : 'null';
  if (name === 'idempotencyKey') return JSON.stringify(unique('WALK'));
  const thing = things.inGraph[`${of}(${name})`] ?? things.inGraph[name];
  if (nullable.name === 'ID') {
    if (thing === undefined) throw new Error(`things.fixture.ts makes nothing for ${of}(${name})`);
    return JSON.stringify(thing);
  }
  if (nullable.name === 'Int' || nullable.name === 'Float') return wrong ? '0' : '1';
  if (nullable.name === 'Boolean') return 'false';
  return JSON.stringify(wrong ? '' : (thing ?? samples[name] ?? 'walk'));
}

/** Texts that routes want in a form of their own. */
const samples: Readonly<Record<string, string>> = { price: '1.00', currency: 'USD', reason: 'FOUND' };

interface Answer {
  readonly status: number;
  /** Of a problem, where the request did not get to the graph. */
  readonly code?: string;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

async function send(query: string, bearer: string | undefined): Promise<Answer> {
  const response = await fetch(new URL('/graphql', urlOf()), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(30_000),
  });
  return { ...((await response.json()) as object), status: response.status };
}

function outcomeOf({ status, code: problem, data, errors = [] }: Answer, field: string): string {
  const code = problem ?? errors[0]?.extensions?.code;
  if (code === 'UNAUTHENTICATED') return '401';
  if (code === 'FORBIDDEN') return '403';
  if (code?.endsWith('_NOT_FOUND')) return '404';
  const foreseen =
    /^[A-Z_]+$/.test(code ?? 'OK') && !/^(INTERNAL|GRAPHQL_|BAD_USER_INPUT|DOWNSTREAM)/.test(code ?? '');
  if (!foreseen || status >= 500) return `${status} ${code}: ${errors[0]?.message}`;
  // A product of somebody else is no error of the graph, but nothing.
  return code === undefined && data?.[field] === null ? '404' : 'ok';
}
