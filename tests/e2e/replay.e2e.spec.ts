import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tw, twWith } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { environmentOf } from './processes.fixture.ts';
import { goods, order, shopper } from './shop.fixture.ts';
import { checkout } from './stack.fixture.ts';

const versions = () =>
  sql<{ version: number; state: string }>(
    'order',
    `select version, state from projections where name = 'orders_by_customer' order by version`,
  );
const live = async () => (await versions()).find(({ state }) => state === 'live')?.version ?? 0;

describe('tw replay', { timeout: 120_000 }, () => {
  it('builds a projection anew beside the live one, verifies it, and switches', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    const before = await live();
    const ran = await tw('replay', 'orders_by_customer', '--verify');
    expect(ran.code, ran.errors).toBe(0);
    expect(ran.output).toMatch(/events in [\d.]+ s .*rows, digest/);
    expect(await live()).toBeGreaterThan(before);
    const [, file = ''] = /certificate \(equal\): (.*)/.exec(ran.output) ?? [];
    const checked = await tw('replay', '--check-certificate', file);
    expect([checked.code, checked.output]).toEqual([0, expect.stringContaining('the certificate holds')]);
    const list = await client.get<{ items: { orderId: string }[] }>('/api/v1/orders');
    expect(list.body.items.map(({ orderId }) => orderId)).toContain(made.orderId);
  });

  it('only says what it would do with --dry-run', async () => {
    const before = await versions();
    const ran = await tw('replay', 'orders-by-customer', '--dry-run');
    expect([ran.code, ran.output]).toEqual([0, expect.stringContaining('nothing was changed')]);
    expect(await versions()).toEqual(before);
  });

  it('names the projections there are where it does not know one, exit 2', async () => {
    const ran = await tw('replay', 'no_such_view');
    expect([ran.code, ran.errors]).toEqual([2, expect.stringContaining('orders_by_customer')]);
    const before = await versions();
    for (const wrong of [
      ['--from', 'yesterday'],
      ['--from', '2999-01-01T00:00:00Z'],
      ['--until', 'tomorrow'],
      ['--rate', '0'],
      ['--rollback', '--hold'],
    ])
      expect([wrong, (await tw('replay', 'orders_by_customer', ...wrong)).code]).toEqual([wrong, 2]);
    expect(await versions()).toEqual(before);
  });

  it('killed in the middle leaves the live view alone, and resumes', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    const before = await live();
    const killed = await twWith({ TW_FAILPOINT: 'projection.applied' }, 'replay', 'orders_by_customer');
    expect(killed.code).not.toBe(0);
    expect(await live()).toBe(before);
    expect((await versions()).filter(({ state }) => state === 'building')).toHaveLength(1);
    const list = await client.get<{ items: { orderId: string }[] }>('/api/v1/orders');
    expect(list.status).toBe(200);
    const again = await tw('replay', 'orders_by_customer', '--verify');
    expect(again.code, again.errors).toBe(0);
    expect(await live()).toBeGreaterThan(before);
    const after = await client.get<{ items: { orderId: string }[] }>('/api/v1/orders');
    expect(after.body.items.map(({ orderId }) => orderId)).toEqual([made.orderId]);
  });

  it('is refused while another one of the same projection runs', async () => {
    const args = [join(checkout, 'services/order/src/replay.ts'), 'orders_by_customer'];
    const env = environmentOf('order');
    const both = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<number>((resolve) => {
            spawn(process.execPath, args, { env, stdio: 'ignore' }).once('close', (code) =>
              resolve(code ?? 1),
            );
          }),
      ),
    );
    expect(both.sort((a, b) => a - b)).toEqual([0, 3]);
  });

  it('exits 1 and switches nothing where the view differs from its source', async () => {
    const client = await shopper();
    const { orderId } = await order(client, await goods());
    const before = await live();
    await sql('order', 'update orders set total_minor = total_minor + 1 where order_id = $1', [orderId]);
    try {
      const ran = await tw('replay', 'orders_by_customer', '--verify');
      expect([ran.code, ran.output]).toEqual([1, expect.stringContaining(orderId)]);
      expect(await live()).toBe(before);
    } finally {
      await sql('order', 'update orders set total_minor = total_minor - 1 where order_id = $1', [orderId]);
    }
    expect((await tw('replay', 'orders_by_customer', '--verify')).code).toBe(0);
  });

  it('replays several at once, each with its own line, and goes back', async () => {
    const before = await live();
    const ran = await tw('replay', 'orders_by_customer', 'order-status');
    expect(ran.code, ran.errors).toBe(0);
    for (const name of ['orders_by_customer', 'order_status']) expect(ran.output).toContain(`${name} v`);
    expect(await live()).toBeGreaterThan(before);
    const back = await tw('replay', 'orders_by_customer', '--rollback');
    expect([back.code, back.output]).toEqual([0, expect.stringContaining(`reads go to v${before}`)]);
    expect(await live()).toBe(before);
  });
});
