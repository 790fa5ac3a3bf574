import { fuzzRuns, fuzzSeed as seed } from '@tradewind/testing/fuzz-plan.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unique, urlOf } from '../e2e/stack.fixture.ts';
import { fire } from './campaign.ts';
import { callersOf } from './callers.ts';
import { documentOf, services } from './documented.ts';
import { knownValues } from './known-values.ts';
import { operationsOf } from './openapi.ts';
import { groupsOf } from './paths.ts';
import { restartsOf } from './restarts.ts';
import { target } from './send.ts';
import { furnish } from './furnish.ts';
import { shots } from './shots.ts';
import { openSink, type Sink } from './sink.ts';
import { SPARED, spares } from './spared.ts';
import { judge } from './verdict.ts';

const requests = fuzzRuns(10_000);
const LONGEST_MS = 60_000 + requests * 12;

/** Calls that change more than a row: many of them would only slow the others down. */
const RARELY = {
  'POST /api/v1/keys/rotate': 60,
  'POST /api/v1/sync': 4,
  // New carts bury those that hold something, and one that is checked out can't be changed any more.
  'POST /api/v1/carts': 10,
  'POST /api/v1/carts/{cartId}/checkout': 40,
  // The first that succeeds ends what all others need.
  'DELETE /api/v1/webhooks/subscriptions/{id}': 20,
  'DELETE /api/v1/notification-templates/{key}': 5,
  'GET /openapi.json': 5,
  'GET /metrics': 5,
};

/** What succeeds only with what nobody here has: somebody's signature, an order's leave, another protocol. */
const NEVER = [
  ...SPARED,
  'GET /ws/orders',
  'POST /api/v1/payments/callbacks',
  'POST /api/v1/orders/carrier-callbacks/{carrier}',
];

/** One dead letter, one replay: a new tenant has none, and a replay is no thing to begin by the thousand. The walk of tests/authorization has both. */
const NOTHING_THERE = /\/admin\/[^/]+\/(?:dead-letters|projections)\/\{/;

let sink: Sink;
beforeAll(async () => {
  sink = await openSink();
});
afterAll(() => sink.close());

describe(`${requests} requests to each service, seed ${seed}`, () => {
  it.each(services)('%s keeps its promises', { timeout: LONGEST_MS }, async (service) => {
    const url = urlOf(service);
    const document = await documentOf(service);
    const operations = operationsOf(document);
    const storeId = unique('FUZZ');
    const known = knownValues(operations.flatMap(groupsOf));
    await furnish(storeId, service, known, sink.url);
    const callers = await callersOf(storeId, `${storeId}-OTHER`);
    const before = await restartsOf(service);
    const spared = spares(document, operations);
    const under = target(url, 8);
    const { sent, statuses, untouched, findings } = await fire({
      target: under,
      operations,
      shots: shots(operations, { document, known, callers, rarely: RARELY }).filter((shot) => !spared(shot)),
      judge: judge({ document, operations }),
      ...{ known, seed, requests },
    });
    under.close();

    expect(findings, findings.join('\n\n')).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(requests);
    // A run that is turned away at the door proves nothing of what is behind it. Some operations undo what others need, and
    // the gateway's share of requests for each of them is small: not every one succeeds in every run.
    const missed = untouched.filter((one) => !NEVER.includes(one) && !NOTHING_THERE.test(one));
    const bearable = operations.length / (service === 'gateway' ? 4 : 12);
    expect(missed.length, missed.join(', ')).toBeLessThan(bearable);
    expect(
      Object.entries(statuses)
        .filter(([status]) => Number(status) < 300)
        .reduce((sum, [, n]) => sum + n, 0),
      JSON.stringify(statuses),
    ).toBeGreaterThan(requests / 20);
    expect(await restartsOf(service)).toBe(before);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });
});
