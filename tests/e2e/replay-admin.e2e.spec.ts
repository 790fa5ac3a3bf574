import { eventually } from '@tradewind/testing/eventually.ts';
import { expect, it } from 'vitest';
import { sql } from './database.fixture.ts';
import { admin, unique } from './stack.fixture.ts';

const base = '/api/v1/admin/order/projections';
const replays = `${base}/orders_by_customer/replays`;

interface Replay {
  readonly replayId: string;
  readonly state: string;
  readonly version: number | null;
  readonly certificate?: { readonly verdict: string };
}

const live = async () =>
  (
    await sql<{ version: number }>(
      'order',
      `select version from projections where name = 'orders_by_customer' and state = 'live'`,
    )
  )[0]?.version;

it(
  'an operator starts, watches, and takes back a replay over REST, and the audit log says so',
  { timeout: 120_000 },
  async () => {
    const operator = await admin();
    const before = await live();
    const key = { idempotencyKey: unique('REPLAY') };
    const ended = async (id: string, state: string): Promise<Replay> => {
      let found: Replay | undefined;
      await eventually(
        async () => {
          found = (await operator.get<Replay>(`${replays}/${id}`)).body;
          expect(found.state).toBe(state);
        },
        { within: 60_000, every: 250 },
      );
      return found!;
    };

    const started = await operator.post<Replay>(replays, { fullSpeed: true }, key);
    expect(started.status).toBe(202);
    const again = await operator.post<Replay>(replays, { fullSpeed: true }, key);
    expect([again.status, again.body.replayId]).toEqual([202, started.body.replayId]);
    const second = await operator.post<{ code: string }>(replays, {}, { idempotencyKey: unique('REPLAY') });
    expect([second.status, second.body.code]).toEqual([409, 'REPLAY_RUNNING']);
    const done = await ended(started.body.replayId, 'switched');
    expect(done.certificate?.verdict).toBe('equal');
    expect(await live()).toBe(done.version);
    const stopped = await operator.delete<{ code: string }>(`${replays}/${started.body.replayId}`);
    expect([stopped.status, stopped.body.code]).toEqual([409, 'REPLAY_OVER']);

    const back = await operator.post<Replay>(
      ...([
        `${base}/orders_by_customer/rollback`,
        { verify: true },
        { idempotencyKey: unique('REPLAY') },
      ] as const),
    );
    expect(back.status).toBe(202);
    await ended(back.body.replayId, 'switched');
    expect(await live()).toBe(before);

    for (const [path, body, status, code] of [
      [`${base}/no_such_view/replays`, {}, 404, 'PROJECTION_NOT_FOUND'],
      [replays, { from: '2999-01-01T00:00:00Z' }, 400, 'REPLAY_OPTIONS_INVALID'],
      [replays, { rate: 5, fullSpeed: true }, 400, 'REPLAY_OPTIONS_INVALID'],
      [`${base}/orders_by_customer/switch`, {}, 409, 'NOTHING_HELD'],
    ] as const) {
      const refused = await operator.post<{ code: string }>(path, body, { idempotencyKey: unique('REPLAY') });
      expect([path, refused.status, refused.body.code]).toEqual([path, status, code]);
    }

    await eventually(async () => {
      const rows = await sql<{ action: string }>(
        'identity',
        `select action from audit_log where details->>'replayId' = any($1) order by action`,
        [[started.body.replayId, back.body.replayId]],
      );
      expect(rows.map(({ action }) => action)).toEqual([
        'projection.replay_started',
        'projection.rolled_back',
      ]);
    });
  },
);
