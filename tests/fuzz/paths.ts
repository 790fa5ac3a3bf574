import fc from 'fast-check';
import { encoded, mostly, parametersIn } from './arbitraries.ts';
import { fieldOf, fieldOfHeader, type KnownValues } from './known-values.ts';
import type { Operation } from './openapi.ts';
import { type Making, valueOf } from './values.ts';

const PARTS = [
  '',
  '.',
  '..',
  '%00',
  '%2e%2e%2f',
  '%zz',
  '%ff',
  'a+b',
  "'",
  '%F0%9F%9A%80',
  '*',
  'null',
  '-1',
];

/** What a path and a header name together: a line and its cart, a cart and the token that opens it. */
export function groupsOf(operation: Operation): string[][] {
  const path = [...operation.template.matchAll(/\{(.*?)\}/g)].map(([, name = '']) =>
    fieldOf(name, operation.template),
  );
  const tokens = parametersIn(operation, 'header')
    .map(({ name }) => fieldOfHeader(name))
    .filter((field) => field.endsWith('Token'));
  return [[...path, ...tokens], path].filter((group) => group.length > 0);
}

export type Known = Readonly<Record<string, string | number>>;

/** Values that belong together: the caller's own, or else somebody's. */
export function belonging(groups: readonly string[][], known: KnownValues, by: string, n: number): Known {
  for (const whose of [by, undefined]) {
    for (const group of groups) {
      const found = known.together(group, n, whose);
      if (found) return found;
    }
  }
  return {};
}

export const agreeing = (headers: Record<string, string>, known: Known): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, own]) => [name, String(known[fieldOfHeader(name)] ?? own)]),
  );

/** A part of a path; with a field where it may stand for what goes together with others. */
interface Part {
  readonly text: string;
  readonly field?: string;
}

export function pathOf(operation: Operation, making: Making): fc.Arbitrary<Part[]> {
  const parts = operation.template.split('/').map((part): fc.Arbitrary<Part> => {
    if (!part.startsWith('{')) return fc.constant({ text: part });
    const name = part.slice(1, -1);
    const field = fieldOf(name, operation.template);
    const schema = parametersIn(operation, 'path').find((one) => one.name === name)?.schema ?? {
      type: 'string',
    };
    const good = valueOf(schema, making, field).map((value) => ({ text: encoded(value), field }));
    const odd = fc.oneof(
      fc.constantFrom(...PARTS, 'x'.repeat(201), 'x'.repeat(3_000)),
      fc.string({ unit: 'grapheme', minLength: 1 }).map(encoded),
    );
    return mostly(
      good,
      odd.map((it) => ({ text: it })),
      10,
    );
  });
  return fc.tuple(...parts);
}

/** The path of a request, with what belongs together in its places. */
export const pathFrom = (parts: readonly Part[], known: Known): string =>
  parts.map(({ text, field = '' }) => (known[field] === undefined ? text : encoded(known[field]))).join('/');
