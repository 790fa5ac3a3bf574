import { defineCommand } from 'citty';
import { requireSupervisor } from '#supervisor/client.ts';
import { places } from '#places.ts';

export default defineCommand({
  meta: { name: 'stop', description: 'Stops one process and holds it down until start or up' },
  args: { name: { type: 'positional', required: true, description: 'as status shows it: order, kafka, …' } },
  async run({ args }) {
    await (
      await requireSupervisor(places().home)
    )({ op: 'stop', name: args.name });
    console.log(`${args.name} is down and held`);
  },
});
