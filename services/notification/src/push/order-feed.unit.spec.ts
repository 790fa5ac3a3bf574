import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { backlog, emptyFeed, isBehind, onHint, onRead, type OrderFeed } from './order-feed.ts';
import type { StatusChange } from './status-change.ts';

/** An order whose status changes at these versions. */
function changesAt(versions: readonly number[]): StatusChange[] {
  return versions.map((version, at) => ({
    ...{ version, previous: versions[at - 1] ?? 0, status: `S${at}` },
    ...{ occurredAt: '2026-01-15T09:30:00.000Z', eventId: `E-${version}` },
  }));
}

/** What happens to an instance: a hint arrives, the projection is read, or a client joins that knows a version. */
type Happening =
  | { readonly kind: 'hint'; readonly at: number }
  | { readonly kind: 'read'; readonly upTo: number }
  | { readonly kind: 'join'; readonly after: number | undefined };

const life = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
  .map((versions) => changesAt(versions.sort((a, b) => a - b)))
  .chain((changes) => {
    const at = fc.nat({ max: changes.length - 1 });
    const happening: fc.Arbitrary<Happening> = fc.oneof(
      { weight: 5, arbitrary: at.map((index) => ({ kind: 'hint' as const, at: index })) },
      { weight: 2, arbitrary: at.map((index) => ({ kind: 'read' as const, upTo: index })) },
      {
        weight: 2,
        arbitrary: fc
          .option(fc.nat({ max: 60 }), { nil: undefined })
          .map((after) => ({ kind: 'join' as const, after })),
      },
    );
    return fc.record({ changes: fc.constant(changes), happenings: fc.array(happening, { maxLength: 40 }) });
  });

interface Client {
  readonly after: number | undefined;
  readonly got: StatusChange[];
}

/** Joins read the projection first, as the instance does; here it is as far as the last read was. */
function live(changes: readonly StatusChange[], happenings: readonly Happening[]): Client[] {
  let feed: OrderFeed = emptyFeed;
  let projected = 0;
  const clients: Client[] = [];
  const take = (step: { feed: OrderFeed; told: readonly StatusChange[] }): void => {
    feed = step.feed;
    for (const client of clients)
      client.got.push(...step.told.filter(({ version }) => version > (client.after ?? 0)));
  };
  const read = (): void => take(onRead(feed, changes.slice(0, projected)));
  for (const one of happenings) {
    if (one.kind === 'hint') take(onHint(feed, changes[one.at]!));
    else {
      projected = Math.max(projected, one.kind === 'read' ? one.upTo + 1 : 1);
      read();
      if (one.kind === 'join') clients.push({ after: one.after, got: [...backlog(feed, one.after)] });
    }
  }
  // At the end the projection has everything, and an instance that is behind, or sweeps, reads it.
  projected = changes.length;
  read();
  expect(isBehind(feed)).toBe(false);
  return clients;
}

describe('the feed of an order', () => {
  it.prop([life])(
    'tells each client an increasing sequence without a gap that ends at the newest change, whatever is lost, repeated or late',
    ({ changes, happenings }) => {
      for (const { after, got } of live(changes, happenings)) {
        const first = got[0];
        const expected =
          after === undefined
            ? changes.slice(first ? changes.indexOf(first) : changes.length)
            : changes.filter(({ version }) => version > after);
        if (after === undefined) expect(first).toBeDefined();
        expect(got).toEqual(expected);
      }
    },
  );

  it('waits for what is missing, and tells it before what came early', () => {
    const [created, pending, paid] = changesAt([1, 2, 4]) as [StatusChange, StatusChange, StatusChange];
    const early = onHint(onHint(emptyFeed, created).feed, paid);
    expect([early.told, isBehind(early.feed)]).toEqual([[], true]);
    const whole = onRead(early.feed, [created, pending]);
    expect([whole.told, isBehind(whole.feed)]).toEqual([[pending, paid], false]);
  });
});
