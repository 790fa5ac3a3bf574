import assert from 'node:assert/strict';
import { setDefaultTimeout, Then, When } from '@cucumber/cucumber';
import { tw } from '../e2e/cli.fixture.ts';
import { documentOf, services } from '../fuzz/documented.ts';
import { operationsOf } from '../fuzz/openapi.ts';

setDefaultTimeout(60_000);

When('the operator rebuilds orders_by_customer and has it compared', async function () {
  const { code, output, errors } = await tw('replay', 'orders_by_customer', '--verify');
  assert.equal(code, 0, `${output}\n${errors}`);
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
