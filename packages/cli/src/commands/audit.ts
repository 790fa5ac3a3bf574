import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { places } from '#places.ts';
import { readEndpoints } from '#up/endpoints.ts';

const verify = defineCommand({
  meta: {
    name: 'verify',
    description: "Checks every tenant's hash chain; exit 1 where an entry is not as written",
  },
  args: { json: { type: 'boolean', default: false, description: 'one JSON document' } },
  async run({ args }) {
    const endpoints = await readEndpoints(places().home);
    if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
    const [{ openStack }, { verifyChains, describeChain }] = await Promise.all([
      import('#reconcile/running-stack.ts'),
      import('#audit/verify.ts'),
    ]);
    const stack = openStack(endpoints);
    try {
      const chains = await verifyChains(stack);
      if (args.json) console.log(JSON.stringify({ chains }, null, 2));
      else for (const chain of chains) console.log(describeChain(chain));
      if (!args.json && chains.length === 0) console.log('the audit log is empty');
      if (chains.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
    } finally {
      await stack.close();
    }
  },
});

export default defineCommand({
  meta: { name: 'audit', description: 'The log of sensitive acts' },
  subCommands: { verify },
});
