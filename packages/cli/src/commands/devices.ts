import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { numberOf } from '#arguments.ts';
import { places } from '#places.ts';
import { textTable } from '#text-table.ts';
import { readEndpoints } from '#up/endpoints.ts';

const SHOWN = 20;

export default defineCommand({
  meta: {
    name: 'devices',
    description: 'A simulated fleet of sensors, and an oracle for the stock; exit 1 where they differ',
  },
  args: {
    count: { type: 'string', default: '20', description: 'devices' },
    faults: {
      type: 'boolean',
      default: false,
      description:
        'repeats, disorder, bursts after a while offline, wrong clocks, a liar, payloads that are none',
    },
    seconds: { type: 'string', default: '10', description: 'length of the run' },
    rate: { type: 'string', default: '200', description: 'readings a second, of all devices together' },
    seed: { type: 'string', default: '1', description: 'the same seed, the same readings' },
    wait: { type: 'string', default: '60', description: 'longest wait for quiet, in seconds' },
    json: { type: 'boolean', default: false, description: 'one JSON document' },
  },
  async run({ args }) {
    const { home } = places();
    const endpoints = await readEndpoints(home);
    if (!endpoints) throw new SetupError('no stack is running', './tw up');
    const { runFleet } = await import('#devices/run.ts');
    const result = await runFleet(
      endpoints,
      home,
      {
        ...{ count: numberOf('count', args.count), seconds: numberOf('seconds', args.seconds) },
        ...{ rate: numberOf('rate', args.rate), seed: numberOf('seed', args.seed), faults: args.faults },
        waitSeconds: numberOf('wait', args.wait),
      },
      (line) => process.stderr.write(`  ${line}\n`),
    );
    const { tally, violations, quarantined, file } = result;
    if (args.json) {
      console.log(JSON.stringify(result, null, 2));
    } else {
      const row = [tally.sent, tally.applied, tally.parked, tally.kept, tally.dropped, tally.deadLetters];
      console.log(
        textTable(['SENT', 'APPLIED', 'PARKED', 'KEPT', 'DROPPED', 'DEAD LETTERS'], [row.map(String)]),
      );
      console.log(`in quarantine: ${quarantined.length === 0 ? 'none' : quarantined.join(', ')}`);
      console.log(`sent: ${file}`);
      for (const { subject, what } of violations.slice(0, SHOWN)) console.log(`  ${subject}: ${what}`);
      if (violations.length > SHOWN) console.log(`  and ${violations.length - SHOWN} more`);
      console.log(
        violations.length === 0 ? 'the stock is what the oracle says' : `${violations.length} differences`,
      );
    }
    if (violations.length > 0) process.exitCode = 1;
  },
});
