import fc from 'fast-check';
import { broken, breakages, textBreakages } from './breakage.ts';
import type { Caller } from './callers.ts';
import { encoded, mostly, parametersIn, text } from './arbitraries.ts';
import { fieldOfHeader } from './known-values.ts';
import { bodySchemaOf, isForClients, type Operation } from './openapi.ts';
import { agreeing, belonging, groupsOf, pathFrom, pathOf } from './paths.ts';
import { exampleOf, type Making, valueOf } from './values.ts';

/** One request. */
export interface Shot {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly caller: Caller;
}

export interface Aim extends Making {
  readonly callers: readonly Caller[];
  /** How much rarer than others an operation is called. */
  readonly rarely?: Readonly<Record<string, number>>;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const MEDIA = [
  'text/plain',
  'application/json; charset=utf-16',
  'application/json;charset="UTF-8"',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'json',
  '',
];
/** Requests to all operations: valid ones, nearly valid ones, and such as nobody in their senses would send. */
export function shots(operations: readonly Operation[], aim: Aim): fc.Arbitrary<Shot> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: Math.ceil(
        (isForClients(operation) ? 100 : 5) /
          (aim.rarely?.[`${operation.method} ${operation.template}`] ?? 1),
      ),
      arbitrary: shotAt(operation, aim),
    })),
  );
}

function shotAt(operation: Operation, aim: Aim): fc.Arbitrary<Shot> {
  const groups = groupsOf(operation);
  return fc
    .record({
      method: mostly(fc.constant(operation.method), fc.constantFrom(...METHODS), 30),
      path: pathOf(operation, aim),
      query: queryOf(operation, aim),
      headers: headersOf(operation, aim),
      body: bodyOf(operation, aim),
      media: mostly(fc.constant('application/json'), fc.constantFrom(...MEDIA), 25),
      caller: fc.oneof(
        fc.constantFrom(...aim.callers.slice(0, 2)),
        fc.constantFrom(...aim.callers.slice(0, 4)),
        fc.constantFrom(...aim.callers),
      ),
      draw: fc.record({ n: fc.nat(), die: fc.integer({ min: 0, max: 9 }) }),
    })
    .map(({ method, path: parts, query, headers, body, media, caller, draw }) => {
      const known = draw.die < 8 ? belonging(groups, aim.known, caller.name, draw.n) : {};
      const path = pathFrom(parts, known);
      return {
        method,
        path: query === '' ? path : `${path}?${query}`,
        caller,
        headers: {
          ...agreeing(headers, known),
          ...(caller.authorization === undefined ? {} : { authorization: caller.authorization }),
          ...(body === undefined || media === '' ? {} : { 'content-type': media }),
        },
        ...(body === undefined ? {} : { body }),
      };
    });
}

function queryOf(operation: Operation, aim: Aim): fc.Arbitrary<string> {
  const named = parametersIn(operation, 'query').map(({ name, schema, required = false }) => {
    const good = valueOf(schema, aim, name === 'cursor' ? 'nextCursor' : name).map(
      (value) => `${name}=${encoded(value)}`,
    );
    const odd = fc.oneof(
      fc.constantFrom(
        `${name}=`,
        name,
        `${name}=1&${name}=2`,
        `${name}[]=1`,
        `${name}=%ff`,
        `${name}=%00`,
        `${name}=-1`,
      ),
      fc.string({ unit: 'grapheme' }).map((value) => `${name}=${encoded(value)}`),
    );
    const given = mostly(good, odd, 6);
    return required
      ? mostly(given, fc.constant(undefined))
      : fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: given });
  });
  const unknown = mostly(
    fc.constant(undefined),
    fc.constantFrom('unknown=1', '__proto__[x]=1', '&&=&', '%'),
    30,
  );
  return fc.tuple(...named, unknown).map((all) => all.filter((one) => one !== undefined).join('&'));
}

const latin = fc
  .string({ maxLength: 300, unit: 'binary' })
  .map((value) => value.replaceAll(/[^\u0020-\u007e\u00a0-\u00ff]/g, '').trim());

/** Values of the headers that mean something to us. */
const HEADERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'correlation-id': fc.oneof(fc.uuid(), latin),
  'idempotency-key': fc.oneof(
    { weight: 6, arbitrary: fc.uuid() },
    { weight: 2, arbitrary: fc.nat({ max: 20 }).map((n) => `again-${n}`) },
    { weight: 1, arbitrary: latin },
    { weight: 1, arbitrary: fc.constantFrom('', 'k'.repeat(255), 'k'.repeat(256), 'ü') },
  ),
  'if-match': fc.oneof(
    fc.nat({ max: 5 }).map((n) => `"${n}"`),
    fc.constantFrom('*', 'W/"1"', '1', '"-1"', '"1", "2"', '""', '"99999999999999999999"', 'x'),
  ),
  'if-none-match': fc.oneof(
    fc.nat({ max: 5 }).map((n) => `"${n}"`),
    fc.constantFrom('*', 'x', '""'),
  ),
  traceparent: fc.constantFrom(
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0-0-0',
    'ff-00000000000000000000000000000000-0000000000000000-00',
    'x',
  ),
  accept: fc.constantFrom('*/*', 'text/html', 'application/xml;q=0.9', 'x'),
  'accept-encoding': fc.constantFrom('gzip', 'br;q=x', 'identity;q=0'),
  'content-encoding': fc.constantFrom('gzip', 'x'),
  'x-forwarded-for': fc.constantFrom('1.2.3.4', 'x, y', '::'),
};

function headersOf(operation: Operation, aim: Aim): fc.Arbitrary<Record<string, string>> {
  const own = parametersIn(operation, 'header').filter(({ name }) => !(name.toLowerCase() in HEADERS));
  const rare = Object.entries(HEADERS).map(([name, values]) => {
    const required = parametersIn(operation, 'header').some(
      (one) => one.required && one.name.toLowerCase() === name,
    );
    const some = values.map((value): [string, string] => [name, value]);
    return required ? mostly(some, fc.constant(undefined), 15) : mostly(fc.constant(undefined), some, 8);
  });
  const named = own.map(({ name, schema }) => {
    const values = mostly(valueOf(schema, aim, fieldOfHeader(name)).map(text), latin, 4).map(
      (value): [string, string] => [name, value.replaceAll(/[^\u0020-\u007e]/g, '')],
    );
    return mostly(fc.constant(undefined), values, 2);
  });
  return fc.tuple(...rare, ...named).map((all) => Object.fromEntries(all.filter((one) => one !== undefined)));
}

function bodyOf(operation: Operation, aim: Aim): fc.Arbitrary<Buffer | undefined> {
  const schema = bodySchemaOf(operation);
  if (schema === undefined) {
    return mostly(
      fc.constant(undefined),
      fc.constantFrom(...['{}', '', '[1]', '{', 'x'].map((it) => Buffer.from(it))),
    );
  }
  const made = valueOf(schema, aim);
  const example = exampleOf(schema, aim);
  const valid = example ? fc.oneof({ weight: 5, arbitrary: made }, { weight: 1, arbitrary: example }) : made;
  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 10, arbitrary: valid.map(bytes) },
    {
      weight: 9,
      arbitrary: fc.tuple(valid, breakages).map(([value, all]) => bytes(all.reduce<unknown>(broken, value))),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(valid, textBreakages).map(([value, spoil]) => spoil(JSON.stringify(value) ?? '')),
    },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}
