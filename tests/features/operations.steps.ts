import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDefaultTimeout, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { tw } from '../e2e/cli.fixture.ts';
import { sql } from '../e2e/database.fixture.ts';
import { documentOf, services } from '../fuzz/documented.ts';
import { operationsOf } from '../fuzz/openapi.ts';
import { orderOf, type Story } from './story.ts';

setDefaultTimeout(60_000);

// One look takes a second or more: it asks every service's database.
const LOOKS = { within: 30_000, every: 500 };

/** What a certificate holds, as far as these stories look (packages/outbox/src/certificate.ts). */
interface Certificate {
  readonly projection: string;
  readonly verdict: string;
  readonly parity: {
    readonly sourceRows: number;
    readonly projectionRows: number;
    /** Rows and digest by bucket. */
    readonly source: unknown;
    readonly projection: unknown;
  };
}

When('the operator rebuilds orders_by_customer and has it compared', async function (this: Story) {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  this.undo.push(() => rm(folder, { recursive: true }));
  this.certificate = join(folder, 'parity.json');
  const { code, output, errors } = await tw(
    ...['replay', 'orders_by_customer', '--verify', '--certificate', this.certificate],
  );
  assert.equal(code, 0, `${output}\n${errors}`);
});

Then('the certificate says that both are equal', async function (this: Story) {
  assert(this.certificate, 'nothing was rebuilt in this story');
  const { projection, verdict, parity } = JSON.parse(await readFile(this.certificate, 'utf8')) as Certificate;
  assert.deepEqual([projection, verdict], ['orders_by_customer', 'equal']);
  assert(parity.sourceRows > 0);
  assert.equal(parity.projectionRows, parity.sourceRows);
  assert.deepEqual(parity.projection, parity.source);
});

Then('the trace of the order leads to its projections and to the mail', async function (this: Story) {
  const { orderId } = orderOf(this).made;
  await eventually(async () => {
    const { output } = await tw('trace', orderId);
    for (const one of [
      /^request +correlation/m,
      /projection +✓ order orders_by_customer/,
      /projection +✓ notification order_status/,
      /consumer +✓ notification\.on-order-paid/,
      /notification +✓ EMAIL order-paid .* SENT/,
    ])
      assert.match(output, one);
  }, LOOKS);
});

Then('her payment was tried more than once', async function (this: Story) {
  const tries = await sql(
    'payment_adapter',
    `select 1 from payment_attempts a join payments p using (payment_id) where p.order_id = $1`,
    [orderOf(this).made.orderId],
  );
  assert(tries.length > 1, `tried ${tries.length} times`);
});

Then("every service documents each operation's replies and refusals", async function () {
  for (const service of services) {
    for (const { method, template, responses } of operationsOf(await documentOf(service))) {
      const statuses = Object.keys(responses);
      const api = template.startsWith('/api/');
      assert(
        statuses.some((it) => it < '300'),
        `${service} ${method} ${template} has no good reply`,
      );
      assert(!api || statuses.includes('400'), `${service} ${method} ${template} refuses nothing`);
    }
  }
});
