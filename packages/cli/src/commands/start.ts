import { defineCommand } from 'citty';
import { requireSupervisor } from '#supervisor/client.ts';
import { places } from '#places.ts';
import { waitReady } from '#up/wait-ready.ts';

const READY_MS = 60_000;

export default defineCommand({
  meta: { name: 'start', description: 'Starts one process that was stopped, and waits until it serves' },
  args: { name: { type: 'positional', required: true, description: 'as status shows it: order, kafka, …' } },
  async run({ args }) {
    const { home } = places();
    const supervisor = await requireSupervisor(home);
    await supervisor({ op: 'start', name: args.name });
    await waitReady(supervisor, home, [args.name], READY_MS);
    console.log(`${args.name} is ready`);
  },
});
