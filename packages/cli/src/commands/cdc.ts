import { defineCommand } from 'citty';
import { UsageError } from '#arguments.ts';
import { places } from '#places.ts';

const ls = defineCommand({
  meta: {
    name: 'ls',
    description: 'Connectors of change data capture, their replication slots and how far behind they are',
  },
  args: { json: { type: 'boolean', default: false, description: 'as a JSON array; sizes in bytes' } },
  async run({ args }) {
    const [{ captureRows, withCapture }, { describeCapture }] = await Promise.all([
      import('#cdc/read.ts'),
      import('#cdc/show.ts'),
    ]);
    const rows = await withCapture(places().home, captureRows);
    console.log(args.json ? JSON.stringify(rows, null, 2) : describeCapture(rows));
    if (rows.some(({ condition }) => condition !== 'streaming')) process.exitCode = 1;
  },
});

const repair = defineCommand({
  meta: {
    name: 'repair',
    description:
      'A new slot and a new snapshot, after a slot was dropped or left behind: nothing stays untold',
  },
  args: { name: { type: 'positional', required: true, description: 'a connector, as ls shows it: order' } },
  async run({ args }) {
    const [{ repair: again }, { declaredConnectors }, { withCapture }] = await Promise.all([
      import('#cdc/capture.ts'),
      import('#cdc/connectors.ts'),
      import('#cdc/read.ts'),
    ]);
    const connectors = await declaredConnectors();
    const connector = connectors.find(({ name }) => name === args.name);
    if (connector === undefined) {
      throw new UsageError(
        `no connector ${args.name}; there are ${connectors.map(({ name }) => name).join(', ')}`,
      );
    }
    await withCapture(places().home, (capture) => again(capture, connector));
    console.log(`${connector.name} streams from a new slot ${connector.slot}; every row was told once more`);
  },
});

export default defineCommand({
  meta: { name: 'cdc', description: 'Change data capture: how it stands, and its repair' },
  subCommands: { ls, repair },
});
