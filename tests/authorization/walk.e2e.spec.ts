import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callers, type Outcome, readTable, rowOf } from './table.ts';
import { bearers } from './callers.fixture.ts';
import { fields } from './graphql.fixture.ts';
import { grpcServices, namingThings } from './grpc.fixture.ts';
import { outcomeOf, type Route, routes } from './rest.fixture.ts';
import { dropThings, makeThings, type Things } from './things.fixture.ts';

/** Reads first, then refused writes, which change nothing; then those that pass, and last what takes things away. */
const phases: readonly ((route: Route, expected: Outcome) => boolean)[] = [
  ({ method }) => method === 'GET',
  ({ method }, expected) => method !== 'GET' && expected !== 'ok',
  ({ method }, expected) => method !== 'GET' && method !== 'DELETE' && expected === 'ok',
  ({ method }, expected) => method === 'DELETE' && expected === 'ok',
];
const AT_ONCE = 8;

describe('every operation, asked by everybody', () => {
  const table = readTable();
  let things: Things;
  let bearerOf: Awaited<ReturnType<typeof bearers>>;
  beforeAll(async () => {
    things = await makeThings();
    bearerOf = await bearers(things.customerId);
  });
  afterAll(dropThings);

  it('over REST', async () => {
    const wrong: string[] = [];
    const asks = routes().flatMap((route) => {
      const row = rowOf(table[route.service]?.[route.name] ?? '');
      return callers.map((caller) => ({ route, caller, expected: row[caller] }));
    });
    expect(asks.length).toBeGreaterThan(300);
    for (const phase of phases) {
      const left = asks.filter(({ route, expected }) => phase(route, expected));
      const work = async (): Promise<void> => {
        for (let ask = left.shift(); ask; ask = left.shift()) {
          const { route, caller, expected } = ask;
          const bearer = bearerOf(caller, route.permission);
          const outcome = await outcomeOf(route, things, bearer, expected);
          const same =
            outcome === expected || (outcome === 'gone' && expected !== '401' && expected !== '403');
          if (!same) wrong.push(`${route.service}: ${route.name} by ${caller}: ${outcome}, not ${expected}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    }
    expect(wrong).toEqual([]);
  });

  it.each(grpcServices())('over gRPC: $name', async ({ name, methods, call, close }) => {
    const messages = namingThings({
      reservationId: things.inPath['reservations/{id}'] ?? '',
      productId: things.inPath['products/{id}'] ?? '',
    });
    const wrong: string[] = [];
    for (const method of methods) {
      const row = rowOf(table['grpc']?.[`${name}/${method}`] ?? '');
      for (const caller of callers) {
        // Who is let through sends an empty message: nothing is done.
        const message = row[caller] === 'ok' ? undefined : messages[method];
        const outcome = await call(method, bearerOf(caller, undefined), message);
        if (outcome !== row[caller]) wrong.push(`${method} by ${caller}: ${outcome}, not ${row[caller]}`);
      }
    }
    close();
    expect(wrong).toEqual([]);
  });

  it('over GraphQL', async () => {
    const wrong: string[] = [];
    for (const { name, ask } of fields()) {
      const row = rowOf(table['graphql']?.[name] ?? '');
      const asked = callers.map(async (caller) => {
        const outcome = await ask(things, bearerOf(caller, undefined), row[caller]);
        if (outcome !== row[caller]) wrong.push(`${name} by ${caller}: ${outcome}, not ${row[caller]}`);
      });
      await Promise.all(asked);
    }
    expect(wrong).toEqual([]);
  });
});
