import { defineCommand } from 'citty';
import { withLock } from '@tradewind/native/file-lock.ts';
import { join } from 'node:path';
import { UsageError } from '#arguments.ts';
import { bringUp } from '#up/bring-up.ts';
import { composeWorks } from '#up/compose.ts';
import { endpoints } from '#up/endpoints.ts';
import { describeStack } from '#up/stack-of-checkout.ts';
import { services } from '#stack.ts';

const FULL = 'the servers of profile full (Cassandra, OpenSearch, Debezium) are not part of this release';

export default defineCommand({
  meta: {
    name: 'up',
    description: 'Starts the local stack: servers, services, sample data, one order end to end',
  },
  args: {
    profile: { type: 'string', default: 'core', description: 'core: everything of this release' },
    infra: { type: 'string', description: 'native or compose; by default compose where Docker works' },
    only: { type: 'string', description: 'infra: servers, databases and topics, no services' },
    demo: {
      type: 'boolean',
      default: true,
      description: 'sample data and one order',
      negativeDescription: 'start only',
    },
  },
  async run({ args }) {
    if (args.profile === 'full') throw new UsageError(`--profile full: ${FULL}; use --profile core`);
    if (args.profile !== 'core') throw new UsageError(`--profile ${args.profile}: there are core and full`);
    if (args.only !== undefined && args.only !== 'infra')
      throw new UsageError(`--only ${args.only}: there is infra`);
    if (args.infra !== undefined && !['native', 'compose'].includes(args.infra)) {
      throw new UsageError(`--infra ${args.infra}: there are native and compose`);
    }
    const stack = await describeStack();
    const began = performance.now();
    await withLock(
      join(stack.places.home, 'up.lock'),
      async () => {
        const compose = args.infra === 'compose' || (args.infra === undefined && (await composeWorks(stack)));
        await bringUp({
          stack,
          infra: compose ? 'compose' : 'native',
          onlyInfra: args.only === 'infra',
          demo: args.demo,
        });
      },
      () => console.log('another ./tw up is running here: waiting for it'),
    );
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const { gateway, kafka, registry, redis, rabbitmq, mqtt } = endpoints(stack, services());
    console.log(`
Tradewind is up (${seconds} s)
  gateway    ${gateway}   API docs ${gateway}/docs
  postgres   127.0.0.1:${stack.ports.postgres}   kafka ${kafka}   redis ${redis}
  rabbitmq   127.0.0.1:${stack.ports.rabbitmq}   management ${rabbitmq.management}   mqtt ${mqtt.url}
  registry   ${registry}   mailbox http://127.0.0.1:${stack.ports.mailbox}
  endpoints  ${stack.places.home}/endpoints.json   logs ${stack.places.home}/logs

  ./tw status   ./tw logs order   ./tw demo   ./tw down`);
  },
});
