import { readFileSync } from 'node:fs';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { GraphqlAnswer } from '../e2e/graphql.fixture.ts';
import { checkout, unique, urlOf } from '../e2e/stack.fixture.ts';
import { broken, breakages } from './breakage.ts';
import { callersOf } from './callers.ts';
import { type GraphqlRequest, LINE, requestFrom } from './graphql-documents.ts';
import { knownValues } from './known-values.ts';
import { restartsOf } from './restarts.ts';
import { curl, target } from './send.ts';
import { furnish } from './furnish.ts';
import type { Shot } from './shots.ts';
import { INNARDS } from './verdict.ts';

const REQUESTS = fuzzRuns(4_000);
const LANES = 8;
const STATUSES = [200, 400, 401, 413, 415];
const schema = buildSchema(readFileSync(`${checkout}schemas/graphql/api.graphql`, 'utf8'));
const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
);
/** Names of the inside that no document of a client has. */
const NAMES = [/subgraph|_entities|_service|stitch|127\.0\.0\.1|serviceName/i, ...INNARDS];

/** A request that is right, or wrong in its document, its variables, or around them. */
const spoiling = fc.oneof(
  { weight: 6, arbitrary: fc.constant((request: GraphqlRequest): unknown => request) },
  {
    weight: 3,
    arbitrary: mutations.map((mutate) => ({ query, variables }: GraphqlRequest): unknown => ({
      ...{ query: mutate(Buffer.from(query)).toString('utf8'), variables },
    })),
  },
  {
    weight: 4,
    arbitrary: breakages.map((all) => ({ query, variables }: GraphqlRequest): unknown => ({
      query,
      variables: all.reduce<unknown>(broken, variables),
    })),
  },
  {
    weight: 1,
    arbitrary: breakages.map((all) => (request: GraphqlRequest) => all.reduce<unknown>(broken, request)),
  },
  {
    weight: 1,
    arbitrary: fc
      .record(
        {
          operationName: fc.constantFrom('x', '', '\0', null, 7),
          extensions: fc.constantFrom({}, null, 'x', {
            persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) },
          }),
        },
        { requiredKeys: [] },
      )
      .map((around) => (request: GraphqlRequest): unknown => ({ ...request, ...around })),
  },
);

/** What is wrong with an answer; undefined for none. */
function faultOf(status: number, text: string): string | undefined {
  if (!STATUSES.includes(status)) return `status ${status}`;
  const answer = JSON.parse(text) as GraphqlAnswer<unknown> & { readonly code?: string };
  if (status !== 200 && answer.code !== undefined) return undefined;
  if (answer.data === undefined && !answer.errors?.length) return 'neither data nor errors';
  for (const { message, extensions } of answer.errors ?? []) {
    const code = (extensions as { code?: string } | undefined)?.code ?? '';
    if (!/^[A-Z][A-Z0-9_]+$/.test(code)) return `an error without a code: ${message}`;
    if (/^(INTERNAL|UPSTREAM_|INTERNAL_)/.test(code)) return `${code} that nothing has provoked`;
    if (code.endsWith('UNAVAILABLE')) return `${code}: nothing is away`;
    const name = NAMES.map((form) => form.exec(message)).find(Boolean);
    if (name) return `an error names ${name[0]}: ${message}`;
  }
  return undefined;
}

/** Fields of the root that were answered. */
function answered(query: string, text: string): string[] {
  const { data } = JSON.parse(text) as GraphqlAnswer<Record<string, unknown>>;
  if (!data) return [];
  const document = parse(query);
  return document.definitions.flatMap((part) => {
    if (part.kind !== 'OperationDefinition') return [];
    return part.selectionSet.selections.flatMap((it) => {
      if (it.kind !== 'Field') return [];
      return data[it.alias?.value ?? it.name.value] === null ? [] : [it.name.value];
    });
  });
}

describe(`${REQUESTS} requests to the graph, seed ${fuzzSeed}`, () => {
  it(
    'are answered with data or coded errors, which name nothing of the inside',
    { timeout: 180_000 },
    async () => {
      const storeId = unique('FUZZ');
      const known = knownValues([LINE]);
      await furnish(storeId, 'gateway', known);
      const callers = await callersOf(storeId, `${storeId}-OTHER`);
      const before = await restartsOf('gateway');
      const under = target(urlOf(), LANES);
      const untouched = new Set(roots);
      const findings = new Map<string, string>();
      const shot = fc.record({
        numbers: fc.array(fc.nat({ max: 100_000 }), { minLength: 20, maxLength: 80 }),
        spoil: spoiling,
        caller: fc.oneof(fc.constantFrom(...callers.slice(0, 3)), fc.constantFrom(...callers)),
        key: fc.nat(),
      });
      const property = fc.asyncProperty(shot, async ({ numbers, spoil, caller, key }) => {
        const made = requestFrom(schema, numbers, known, caller.name);
        const body = Buffer.from(JSON.stringify(spoil(made)) ?? '');
        const headers = {
          'content-type': 'application/json',
          'idempotency-key': `fuzz-${key}`,
          ...(caller.authorization === undefined ? {} : { authorization: caller.authorization }),
        };
        const sent: Shot = { method: 'POST', path: `/graphql?store=${storeId}`, headers, body, caller };
        const reply = await under.send(sent);
        if (reply instanceof Error) throw reply;
        const fault = faultOf(reply.status, reply.text);
        const kind = fault?.split(':')[0] ?? '';
        if (fault !== undefined && !findings.has(kind)) {
          findings.set(
            kind,
            `${fault}\n  ${curl(under.url, sent)}\n  → ${reply.status} ${reply.text.slice(0, 1_000)}`,
          );
        }
        if (reply.status !== 200) return;
        known.learn(JSON.parse(reply.text));
        const parsed = JSON.parse(body.toString('utf8')) as { query?: unknown } | null;
        if (parsed?.query === made.query)
          for (const field of answered(made.query, reply.text)) untouched.delete(field);
      });
      const lanes = Array.from({ length: LANES }, (_, n) =>
        fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(REQUESTS / LANES) }),
      );
      await Promise.all(lanes);
      under.close();

      expect([...findings.values()], [...findings.values()].join('\n\n')).toEqual([]);
      expect(untouched.size, [...untouched].join(', ')).toBeLessThan(roots.length / 3);
      expect(await restartsOf('gateway')).toBe(before);
    },
  );
});
