import { join } from 'node:path';
import { defineCommand } from 'citty';
import { SetupError } from '@tradewind/native/run.ts';
import { UsageError } from '#arguments.ts';
import type { Findings, RunOptions } from '#chaos/scenario.ts';
import type { Scene } from '#chaos/scene.ts';
import type { Verdict } from '#chaos/verdict.ts';
import { places } from '#places.ts';
import { readEndpoints } from '#up/endpoints.ts';

interface Scenario {
  readonly about: string;
  /** Whether it takes `--background`. */
  readonly background?: true;
  load(): Promise<(scene: Scene, options: RunOptions) => Promise<Findings>>;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  orders: {
    about: 'kills services and relay leaders while buyers race',
    load: async () => (await import('#chaos/orders.ts')).killUnderLoad,
  },
  infra: {
    about: 'stops kafka, redis and the registry while buyers go on',
    load: async () => (await import('#chaos/infra.ts')).outagesUnderLoad,
  },
  replay: {
    about: 'rebuilds every projection while buyers go on, and counts what arrives outside',
    background: true,
    load: async () => (await import('#chaos/replay.ts')).replayUnderLoad,
  },
  stores: {
    about: 'kills and wipes redis, cassandra and opensearch while buyers go on, and replays what stood there',
    background: true,
    load: async () => (await import('#chaos/stores.ts')).storesUnderLoad,
  },
  brokers: {
    about:
      'kills rabbitmq, mosquitto, redis, kafka and those who live on them while a partner, pages and devices listen and talk',
    load: async () => (await import('#chaos/brokers.ts')).brokersUnderLoad,
  },
};

const listed = Object.entries(scenarios)
  .map(([name, { about }]) => `${name} (${about})`)
  .join(', ');

export default defineCommand({
  meta: {
    name: 'chaos',
    description:
      'Faults under load, then reconciles; exit 1 where a rule is broken, 2 where too little happened',
  },
  args: {
    name: { type: 'positional', required: true, description: listed },
    seed: { type: 'string', description: 'decides who dies when and what buyers want; random by default' },
    seconds: { type: 'string', default: '60', description: 'length of the load' },
    clients: { type: 'string', default: '24', description: 'buyers, each in a closed loop' },
    background: {
      type: 'string',
      default: '0',
      description: 'replay, stores: plain orders a second of another store beside them, by the clock',
    },
    json: { type: 'boolean', default: false, description: 'the verdict as JSON on stdout' },
  },
  async run({ args }) {
    const scenario = scenarios[args.name];
    if (scenario === undefined) throw new UsageError(`no scenario ${args.name}; there are ${listed}`);
    const options: RunOptions = {
      seed: wholeNumber('seed', args.seed ?? String(Math.floor(Math.random() * 1_000_000)), 0),
      seconds: wholeNumber('seconds', args.seconds, 5),
      clients: wholeNumber('clients', args.clients, 1),
      background: wholeNumber('background', args.background, 0),
    };
    if (options.background > 0 && !scenario.background)
      throw new UsageError(`--background: chaos ${args.name} has buyers only`);
    const verdict = await runScenario(args.name, scenario, options);
    const { describeVerdict, exitCodes } = await import('#chaos/verdict.ts');
    console.log(args.json ? JSON.stringify(verdict, null, 2) : describeVerdict(verdict));
    process.exitCode = exitCodes[verdict.outcome];
  },
});

async function runScenario(name: string, scenario: Scenario, options: RunOptions): Promise<Verdict> {
  const [{ openStack }, { requireSupervisor }, { createRecords }, { outcomeOf }] = await Promise.all([
    import('#reconcile/running-stack.ts'),
    import('#supervisor/client.ts'),
    import('#chaos/records.ts'),
    import('#chaos/verdict.ts'),
  ]);
  const { home } = places();
  const endpoints = await readEndpoints(home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  const { seed, seconds, clients, background } = options;
  const records = createRecords(join(home, 'chaos', name === 'orders' ? String(seed) : `${name}-${seed}`));
  const stack = openStack(endpoints);
  try {
    const say = (line: string): void => console.error(line);
    say(`chaos ${name}, seed ${seed}: ${seconds} s, ${clients} buyers`);
    const scene = { home, endpoints, stack, supervisor: await requireSupervisor(home), records, say };
    const { load, faults, observed, missing, violations } = await (await scenario.load())(scene, options);
    const verdict: Verdict = {
      scenario: name,
      seed,
      outcome: outcomeOf(violations, missing),
      replay:
        `./tw chaos ${name} --seed ${seed} --seconds ${seconds} --clients ${clients}` +
        (background > 0 ? ` --background ${background}` : ''),
      seconds,
      clients,
      acknowledged: {
        orders: load.count('order'),
        payments: load.count('payment'),
        cancellations: load.count('cancellation'),
      },
      faults,
      observed,
      answers: Object.fromEntries([...load.tally].sort(([a], [b]) => (a < b ? -1 : 1))),
      void: missing,
      violations,
      files: records.folder,
    };
    records.verdict(verdict);
    return verdict;
  } finally {
    await stack.close();
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} ${text}: a whole number from ${least} is needed`);
  return value;
}
