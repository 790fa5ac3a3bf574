import { eventually } from '@tradewind/testing/eventually.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goods } from '../e2e/shop.fixture.ts';
import { admin, stack } from '../e2e/stack.fixture.ts';
import { dropThings, makeThings } from './things.fixture.ts';

/** Without a tenant on purpose: tables of the installation, and the bookkeeping of migrations. */
const TENANTLESS: Readonly<Record<string, string>> = {
  'identity.signing_keys': 'keys sign for all tenants',
  'identity.permissions': 'the catalogue is the same for all',
  '*.projections': 'which version of a read model is live',
  '*.replays': 'how read models of all tenants are built anew',
  '*.projection_checkpoints': 'how far a read model has read its topics',
  '*.projection_progress': 'when it had come how far',
  '*.migrations_*': 'which migrations were applied',
  'webhook_dispatcher.webhook_intake': 'how far the intake has read its topics',
  'analytics.window_watermarks': 'how far the windows have read their topics',
};

/** Tables in which the things of these tests must lie: the rest of their database has more than they. */
const FILLED: Readonly<Record<string, readonly string[]>> = {
  webhook_dispatcher: [
    ...['webhook_subscriptions', 'webhook_revisions', 'webhook_events', 'webhook_deliveries'],
    'webhook_delivery_attempts',
  ],
  notification: [
    ...['notification_templates', 'notification_preferences', 'notification_recipients', 'notifications'],
    ...['notification_deliveries', 'flash_feed_heads', 'flash_feed'],
  ],
};
/** Read models that then have rows, too: table and view of the live version, where that stands in Postgres. */
const PROJECTED: Readonly<Record<string, string>> = { notification: 'order_status' };
/** Who keeps nothing that could be somebody's. */
const WITHOUT_DATABASE = ['gateway', 'iot-bridge', 'payment-gateway', 'carriers', 'mailbox'];

interface Table {
  readonly name: string;
  /** A view of a read model's live version: it has no policies of its own, and must not step around those of its table. */
  readonly view: boolean;
  readonly tenant: boolean;
  readonly secured: boolean;
  /** The conditions of its policies. */
  readonly conditions: readonly string[];
}

const TABLES = `
  select c.relname as name, c.relkind in ('v', 'm') as view, c.relrowsecurity as secured,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'store_id' and not attisdropped) as tenant,
    array(select coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid))
          from pg_policy p where p.polrelid = c.oid) as conditions
  from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by c.relname`;
/** What `tradewind_isolate` makes, as PostgreSQL spells it. */
const CONDITION =
  /^\(store_id = \( SELECT current_setting\('tradewind\.store_id'::text, true\) AS current_setting\)\)$/;

const databases = Object.keys(stack.postgres.databases);
/** Nobody's: whatever it sees belongs to others. */
const STRANGER = 'STORE-NOBODY';

// So that there is something to be hidden.
beforeAll(async () => {
  const [{ productId }] = await Promise.all([goods(), makeThings()]);
  const [startsAt, endsAt] = [500, 60_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const sale = { productIds: [productId], discountPercent: 5, startsAt, endsAt };
  expect((await (await admin()).post('/api/v1/flash-sales', sale)).status).toBe(201);
});

afterAll(dropThings);

it('is looked at in the database of every service that has one', () => {
  const named = [...databases.map((name) => name.replaceAll('_', '-')), ...WITHOUT_DATABASE];
  expect(Object.keys(stack.services).filter((name) => !named.includes(name))).toEqual([]);
  expect(WITHOUT_DATABASE.filter((name) => databases.includes(name.replaceAll('-', '_')))).toEqual([]);
});

describe.each(databases)('row-level security of %s', (database) => {
  const urls = stack.postgres.databases[database];
  const [app, system] = [urls?.url, urls?.systemUrl].map(
    (connectionString) => new pg.Client({ connectionString, statement_timeout: 20_000 }),
  ) as [pg.Client, pg.Client];
  let tables: readonly Table[] = [];

  beforeAll(async () => {
    await Promise.all([app.connect(), system.connect()]);
    tables = (await system.query<Table>(TABLES)).rows;
    // What follows from events takes a moment.
    const arrived = async () =>
      expect(await filled()).toEqual(
        expect.arrayContaining([...(FILLED[database] ?? []), ...(await projected())]),
      );
    await eventually(arrived, { within: 30_000, every: 250 });
  });
  afterAll(() => Promise.all([app.end(), system.end()]));

  /** As a handler does it that forgets to say which tenant it means. */
  async function asStranger<T>(work: () => Promise<T>): Promise<T> {
    await app.query('begin');
    try {
      await app.query(`set local tradewind.store_id = '${STRANGER}'`);
      return await work();
    } finally {
      await app.query('rollback');
    }
  }
  const refused = { rowCount: 0 };
  const isolated = () => tables.filter(({ tenant }) => tenant).map(({ name }) => name);

  async function projected(): Promise<string[]> {
    const name = PROJECTED[database];
    if (name === undefined) return [];
    const live = await system.query<{ version: number }>(
      `select version from projections where name = $1 and state = 'live' and store = 'postgres'`,
      [name],
    );
    return live.rows.flatMap(({ version }) => [name, `${name}_v${version}`]);
  }

  async function filled(): Promise<string[]> {
    const full: string[] = [];
    for (const name of isolated())
      if ((await system.query(`select 1 from "${name}" limit 1`)).rows.length > 0) full.push(name);
    return full;
  }

  it('is on every table, or the table is without a tenant for a reason', () => {
    const allowed = (name: string): boolean =>
      Object.keys(TENANTLESS).some((pattern) => {
        const text = pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*');
        return new RegExp(`^${text}$`).test(`${database}.${name}`);
      });
    const open = tables.filter(
      ({ name, view, tenant, secured, conditions }) =>
        !view &&
        !(tenant && secured && conditions.length > 0 && conditions.every((one) => CONDITION.test(one))) &&
        !(!tenant && allowed(name)),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
    expect(isolated().length).toBeGreaterThan(4);
  });

  it('hides every row from a query that forgets the predicate', async () => {
    const found = await asStranger(async () => {
      const seen: string[] = [];
      for (const name of isolated()) {
        const { rows } = await app.query(`select 1 from "${name}" limit 1`);
        if (rows.length > 0) seen.push(name);
      }
      return seen;
    });
    expect(found).toEqual([]);
    // Otherwise the test has seen nothing because there is nothing.
    expect((await filled()).length).toBeGreaterThan(1);
  });

  it('changes and removes nothing of others', async () => {
    const touched: string[] = [];
    for (const { name } of tables.filter(({ tenant, view }) => tenant && !view)) {
      for (const text of [`update "${name}" set store_id = store_id`, `delete from "${name}"`]) {
        // Ledgers refuse it whoever asks.
        const { rowCount } = await asStranger(() => app.query(text).catch(() => refused));
        if (rowCount !== 0) touched.push(text);
      }
    }
    expect(touched).toEqual([]);
  });

  it('refuses rows that are written for others', async () => {
    const outcomes: string[] = [];
    for (const { name } of tables.filter(({ tenant, view }) => tenant && !view)) {
      const outcome = await asStranger(() =>
        app.query(`insert into "${name}" (store_id) values ('STORE-1')`),
      ).then(
        () => 'taken',
        (error: pg.DatabaseError) => error.message,
      );
      if (!/row-level security/.test(outcome)) outcomes.push(`${name}: ${outcome}`);
    }
    expect(outcomes).toEqual([]);
  });

  it('shows nothing to a session that names no tenant', async () => {
    const seen: string[] = [];
    for (const name of isolated())
      if ((await app.query(`select 1 from "${name}" limit 1`)).rows.length > 0) seen.push(name);
    expect(seen).toEqual([]);
  });

  it('cannot be passed by: the role neither owns the tables nor is it above their policies', async () => {
    const { rows } = await app.query<{ free: boolean; owned: string }>(
      `select r.rolbypassrls or r.rolsuper as free,
         (select count(*) from pg_class c where c.relowner = r.oid) as owned
       from pg_roles r where r.rolname = current_user`,
    );
    expect(rows).toEqual([{ free: false, owned: '0' }]);
  });
});
