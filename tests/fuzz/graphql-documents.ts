import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type KnownValues, single } from './known-values.ts';

/** What a client sends. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What `known` must have been told to remember together. */
export const LINE = ['cartId', 'itemId'];
const DEEPEST = 3;
/** Fields that hold most of what a caller may know. */
const IDS = ['productId', 'orderId', 'cartId', 'saleId'];
const TEXTS = [
  '',
  'x',
  'Mug',
  '1.00',
  '12.50',
  '-1',
  'USD',
  'EUR',
  '2030-01-01T00:00:00Z',
  '🚀',
  "'; drop table x; --",
];
const NUMBERS = [1, 1, 2, 3, 5, 20, 100, 0, -1, 2 ** 31 - 1];

/**
 * A document that is valid by the schema, and its variables, as the numbers decide: the same ones make the same document,
 * and fewer make a smaller one.
 */
export function requestFrom(
  schema: GraphQLSchema,
  numbers: readonly number[],
  known: KnownValues,
  by = '',
): GraphqlRequest {
  let used = 0;
  /** A line of a cart of the caller's: a document's cart and item are those of one line. */
  const line: Readonly<Record<string, unknown>> = known.together(LINE, numbers[0] ?? 0, by) ?? {};
  const draw = (below: number): number => (numbers[used++] ?? 0) % below;
  /** What may be left out is, when the numbers are used up: inputs hold inputs of their own kind. */
  const given = (type: GraphQLInputType, oneIn: number): boolean =>
    isNonNullType(type) || (used < numbers.length && draw(oneIn) === 0);
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];

  function selections(fields: readonly GraphQLField<unknown, unknown>[], depth: number): string {
    const fitting = fields.filter(({ type }) => depth < DEEPEST || isLeafType(getNamedType(type)));
    const many = depth === 0 ? 1 + draw(2) : 1 + draw(4);
    const chosen = new Set(Array.from({ length: many }, () => fitting[draw(fitting.length)]));
    const texts = [...chosen].flatMap((field, n) => (field ? [selection(field, depth, n)] : []));
    return `{ ${texts.join(' ') || '__typename'} }`;
  }

  function selection(field: GraphQLField<unknown, unknown>, depth: number, n: number): string {
    const args = field.args
      .filter(({ type }) => given(type, 3))
      .map((arg) => `${arg.name}: ${argument(arg, field.name)}`);
    const type = getNamedType(field.type);
    const inner = isObjectType(type) ? ` ${selections(Object.values(type.getFields()), depth + 1)}` : '';
    const alias = draw(9) === 0 ? `a${n}: ` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${inner}`;
  }

  function argument({ name, type }: GraphQLArgument, field: string): string {
    const variable = `v${declared.length}`;
    declared.push(`$${variable}: ${String(type)}`);
    variables[variable] = valueOf(type, name, field);
    return `$${variable}`;
  }

  function valueOf(type: GraphQLInputType, name: string, field: string): unknown {
    const bare = getNullableType(type);
    if (isListType(bare)) {
      return Array.from({ length: 1 + draw(3) }, () => valueOf(bare.ofType, single(name), field));
    }
    if (isEnumType(bare)) return bare.getValues()[draw(bare.getValues().length)]?.name;
    if (isInputObjectType(bare)) {
      const wanted = Object.values(bare.getFields()).filter(({ type: part }) => given(part, 2));
      return Object.fromEntries(wanted.map((part) => [part.name, valueOf(part.type, part.name, field)]));
    }
    if (bare.name === 'Boolean') return draw(2) === 0;
    if (bare.name === 'Int') return NUMBERS[draw(NUMBERS.length)];
    if (bare.name === 'Float') return draw(110);
    if (draw(10) > 7) return TEXTS[draw(TEXTS.length)];
    const wanted = name === 'id' ? (IDS.find((id) => meant(field).includes(id)) ?? 'productId') : name;
    return line[wanted] ?? known.pick(wanted, draw(1_000)) ?? TEXTS[draw(TEXTS.length)];
  }

  const root = draw(5) < 3 ? schema.getQueryType() : schema.getMutationType();
  const body = root ? selections(Object.values(root.getFields()), 0) : '{ __typename }';
  const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
  return { query: `${root === schema.getMutationType() ? 'mutation' : 'query'} ${head} ${body}`, variables };
}

/** What `id` of a field means: of `endFlashSale` a saleId. */
const meant = (field: string): string =>
  `${field.replace(/.*(product|order|cart|sale).*/i, (_, it: string) => it.toLowerCase())}Id`;
