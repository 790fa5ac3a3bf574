import { defineCommand } from 'citty';
import { withLock } from '@tradewind/native/file-lock.ts';
import { join } from 'node:path';
import { UsageError } from '#arguments.ts';
import { bringUp } from '#up/bring-up.ts';
import { composeWorks } from '#up/compose.ts';
import { endpoints } from '#up/endpoints.ts';
import { describeStack, noteProfile, profileNamed } from '#up/stack-of-checkout.ts';
import { services } from '#stack.ts';

export default defineCommand({
  meta: {
    name: 'up',
    description: 'Starts the local stack: servers, services, sample data, one order end to end',
  },
  args: {
    profile: {
      type: 'string',
      description: 'core, or full: with Cassandra, OpenSearch, Debezium and Prometheus; as before, else core',
    },
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
    const profile = profileNamed(args.profile);
    if (args.only !== undefined && args.only !== 'infra')
      throw new UsageError(`--only ${args.only}: there is infra`);
    if (args.infra !== undefined && !['native', 'compose'].includes(args.infra)) {
      throw new UsageError(`--infra ${args.infra}: there are native and compose`);
    }
    const stack = await describeStack(profile);
    const began = performance.now();
    await withLock(
      join(stack.places.home, 'up.lock'),
      async () => {
        await noteProfile(stack);
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
    const { gateway, kafka, registry, redis, rabbitmq, mqtt, ...platform } = endpoints(stack, services());
    console.log(`
Tradewind is up (${seconds} s)
  gateway    ${gateway}   API docs ${gateway}/docs
  postgres   127.0.0.1:${stack.ports.postgres}   kafka ${kafka}   redis ${redis}
  rabbitmq   127.0.0.1:${stack.ports.rabbitmq}   management ${rabbitmq.management}   mqtt ${mqtt.url}
  registry   ${registry}   mailbox http://127.0.0.1:${stack.ports.mailbox}
${platform.cassandra === undefined ? '' : `  cassandra  ${platform.cassandra}   opensearch ${platform.opensearch}\n  connect    ${platform.connect}   prometheus ${platform.prometheus}\n`}  endpoints  ${stack.places.home}/endpoints.json   logs ${stack.places.home}/logs

  ./tw status   ./tw logs order   ./tw demo   ./tw down`);
  },
});
