import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { OpenapiDocument } from './openapi-changes.ts';
import type { Schema } from './schema-changes.ts';

const folder = fileURLToPath(new URL('../../schemas/openapi/services/', import.meta.url));

type Operation = OpenapiDocument['paths'][string][string];

interface Route {
  readonly name: string;
  readonly method: string;
  readonly operation: Operation;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** What services promise; openapi.contract.spec.ts sees to it that they keep it. */
const routes: readonly Route[] = readdirSync(folder).flatMap((file) => {
  const document = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as OpenapiDocument;
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        ...{ name: `${method.toUpperCase()} ${path}`, method, operation },
        schemas: document.components?.schemas ?? {},
      })),
    );
});

function isList({ operation, schemas }: Route): boolean {
  const { schema } = operation.responses?.['200']?.content?.['application/json'] ?? {};
  const shown = schema?.$ref === undefined ? schema : schemas[schema.$ref.split('/').at(-1) ?? ''];
  return shown?.properties?.['nextCursor'] !== undefined;
}

const namesOf = (found: readonly Route[]): string[] => found.map(({ name }) => name);

describe('every route', () => {
  it('that lists takes a limit and a cursor', () => {
    const lists = routes.filter((route) => route.method === 'get' && isList(route));
    expect(lists.length).toBeGreaterThan(20);
    const takes = ({ operation }: Route, wanted: string) =>
      operation.parameters?.some(({ in: place, name }) => place === 'query' && name === wanted) === true;
    expect(namesOf(lists.filter((one) => !takes(one, 'limit') || !takes(one, 'cursor')))).toEqual([]);
  });

  it('that writes says which body it takes, as others are refused', () => {
    const writes = routes.filter(({ method }) => method !== 'get');
    expect(namesOf(writes.filter(({ operation }) => operation.requestBody === undefined))).toEqual([]);
  });
});
