import type { Problem } from './errors.ts';

/** Arguments of a field that hold what the REST route has at the top of its body or its query. */
export interface Holders {
  readonly input?: object | undefined;
  readonly filter?: object | null | undefined;
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What REST calls otherwise than the graph. */
const RENAMED = new Map([
  ['querystring.limit', 'first'],
  ['querystring.cursor', 'after'],
  ['headers.idempotency-key', 'idempotencyKey'],
  ['headers.if-match', 'expectedVersion'],
]);

/** A place of a REST request as the argument that the client of a field gave. */
export function argumentOf(path: string, { input, filter }: Holders): string {
  const renamed = RENAMED.get(path);
  if (renamed !== undefined) return renamed;
  const [place, ...rest] = path.split('.');
  const name = rest.join('.');
  const [first = ''] = rest;
  if (place === 'body') {
    const inside = input && (first in input || first !== 'expectedVersion');
    return inside ? ['input', ...rest].join('.') : name || path;
  }
  if (place === 'querystring') return filter && first in filter ? `filter.${name}` : name;
  return place === 'params' ? name : path;
}

const reworded = (text: string): string =>
  text
    .replaceAll('an Idempotency-Key header', 'an idempotencyKey')
    .replaceAll('Idempotency-Key', 'idempotencyKey');

/** A problem of a REST route, told in the words of the field that ran it. */
export function inArguments(problem: Problem, holders: Holders): Problem {
  const errors = (problem['errors'] ?? []) as readonly FieldError[];
  const told = errors.map(({ path, message }) => ({
    path: argumentOf(path, holders),
    message: reworded(message),
  }));
  const detail = errors.reduce(
    (text, { path }, index) => text.replaceAll(`${path}: `, `${told[index]?.path}: `),
    problem.detail,
  );
  return { ...problem, detail: reworded(detail), ...(errors.length > 0 ? { errors: told } : {}) };
}
