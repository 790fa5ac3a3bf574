import { Listr, PRESET_TIMER, type ListrTask } from 'listr2';
import { SetupError } from '@tradewind/native/run.ts';
import { addresses, type Stack } from '#environment.ts';
import { requireFree, type PortName } from '#ports.ts';
import { grpcPortOf, isRunnable, services, type Service } from '#stack.ts';
import { startSupervisor, type Supervisor } from '#supervisor/client.ts';
import type { ProcessSpec } from '#supervisor/spec.ts';
import { liveProcess, readState } from '#supervisor/state.ts';
import { ensureDatabases, ensureRegistryDatabase } from '#up/databases.ts';
import { writeEndpoints } from '#up/endpoints.ts';
import { fetchServer, SERVER_PORTS, serversOf, type ServerName } from '#up/servers.ts';
import { serviceSpecs } from '#up/services.ts';
import { waitReady } from '#up/wait-ready.ts';

// Generous: a busy machine is slow, and what cannot start is noticed by its restarts long before.
const SERVER_MS = 300_000;
const SERVICE_MS = 120_000;

export interface BringUpOptions {
  stack: Stack;
  infra: 'native' | 'compose';
  /** Only servers, databases and topics: what tests of a single service need. */
  onlyInfra: boolean;
  demo: boolean;
}

/** Starts everything that is not running yet, in the order of its needs. Repeating it is quick and changes nothing. */
export async function bringUp(options: BringUpOptions): Promise<void> {
  const { stack, infra, onlyInfra, demo } = options;
  const { home } = stack.places;
  const known = services();
  const runnable = onlyInfra ? [] : known.filter((it) => isRunnable(it));
  const running = await runningNames(home);
  await refuseBusyPorts(running, stack, infra === 'native' ? serversOf(stack.profile) : [], runnable);
  const supervisor = await startSupervisor(home);
  const startsSomething = runnable.some(({ name }) => !running.has(name));

  const tasks = new Listr(
    [
      infra === 'native' ? nativeServers(supervisor, stack) : composeServers(stack),
      {
        title: 'Databases and roles',
        task: () =>
          ensureDatabases(
            stack,
            known.filter((it) => it.database).map((it) => it.name),
          ),
      },
      { title: 'Endpoints', task: () => writeEndpoints(stack, known) },
      {
        title: 'Topics',
        task: async (_, task) => {
          const { ensureTopics } = await import('#up/topics.ts');
          task.title = `Topics (${await ensureTopics([addresses(stack).kafka])})`;
        },
      },
      ...(onlyInfra ? [] : application(supervisor, stack, runnable)),
      ...(infra === 'native' ? [rabbitmq(supervisor, stack)] : []),
      // Last: until here the services may still move what they have in there.
      ...(stack.profile === 'core' ? [leaveFull(supervisor, stack, running)] : []),
      ...(onlyInfra || !demo ? [] : journeys(runnable, startsSomething)),
    ],
    {
      renderer: process.stdout.isTTY ? 'default' : 'simple',
      rendererOptions: { timer: PRESET_TIMER },
      concurrent: false,
    },
  );
  try {
    await tasks.run();
  } catch (error) {
    // The step has shown its log already: here only what failed and what to do.
    const [first = ''] = (error as Error).message.split('\n');
    throw new SetupError(first, error instanceof SetupError ? error.fix : undefined);
  }
}

/** Each is fetched where it is missing, and started as soon as it is there; the registry needs its database first. */
function nativeServers(supervisor: Supervisor, stack: Stack): ListrTask {
  const opened = Promise.withResolvers<void>();
  const kafka = Promise.withResolvers<void>();
  const start = async (spec: ProcessSpec): Promise<void> => {
    await supervisor({ op: 'ensure', spec });
    await waitReady(supervisor, stack.places.home, [spec.name], SERVER_MS);
  };
  const bring: Record<ServerName, (spec: () => Promise<ProcessSpec>) => Promise<void>> = {
    postgres: async (spec) => {
      await start(await spec());
      await ensureRegistryDatabase(stack);
      opened.resolve();
    },
    redis: async (spec) => start(await spec()),
    kafka: async (spec) => {
      await start(await spec());
      kafka.resolve();
    },
    // Takes longest, and few need it: the others go on, and it is waited for at the end.
    rabbitmq: async (spec) => void (await supervisor({ op: 'ensure', spec: await spec() })),
    mosquitto: async (spec) => start(await spec()),
    registry: async (spec) => {
      await opened.promise;
      await start(await spec());
    },
    cassandra: async (spec) => start(await spec()),
    opensearch: async (spec) => start(await spec()),
    // Its topics are in Kafka.
    connect: async (spec) => {
      await kafka.promise;
      await start(await spec());
    },
    prometheus: async (spec) => start(await spec()),
  };
  const one = (name: ServerName): ListrTask => ({
    title: `${name} :${stack.ports[name]}`,
    task: async (_, task) => {
      const fetched = await fetchServer(name, stack, (line) => (task.output = line));
      await bring[name](fetched);
    },
  });
  return {
    title: 'Servers',
    task: (_, parent) => parent.newListr(serversOf(stack.profile).map(one), { concurrent: true }),
  };
}

function rabbitmq(supervisor: Supervisor, { places }: Stack): ListrTask {
  return { title: 'RabbitMQ', task: () => waitReady(supervisor, places.home, ['rabbitmq'], SERVER_MS) };
}

/** Ends what only profile full has, where this TW_HOME had it, and what it would keep in PostgreSQL. */
function leaveFull(supervisor: Supervisor, stack: Stack, running: ReadonlySet<string>): ListrTask {
  return {
    title: 'Profile core',
    task: async (_, task) => {
      const wanted = serversOf(stack.profile);
      const leaving = serversOf('full').filter((name) => running.has(name) && !wanted.includes(name));
      await Promise.all(leaving.map((name) => supervisor({ op: 'remove', name })));
      const { releaseSlots } = await import('#up/change-capture.ts');
      await releaseSlots(stack);
      if (leaving.length > 0) task.title = `Profile core (${leaving.join(', ')} ended)`;
    },
  };
}

function composeServers(stack: Stack): ListrTask {
  return {
    title: 'Servers: docker compose',
    task: async (_, task) => {
      const { composeUp } = await import('#up/compose.ts');
      await composeUp(stack, (line) => (task.output = line));
      await ensureRegistryDatabase(stack);
    },
  };
}

function application(supervisor: Supervisor, stack: Stack, runnable: readonly Service[]): ListrTask[] {
  return [
    {
      title: 'Migrations',
      task: async (_, task) => {
        const { migrateAll } = await import('#up/migrations.ts');
        task.title = `Migrations (${await migrateAll(stack, runnable)} applied)`;
      },
    },
    {
      title: 'Schemas',
      task: async (_, task) => {
        const { registerSchemas } = await import('@tradewind/contracts/register.ts');
        task.title = `Schemas (${await registerSchemas({ registryUrl: addresses(stack).registry })})`;
      },
    },
    {
      title: 'Services',
      task: async (_, parent) => {
        const specs = await serviceSpecs(stack, runnable, process.env);
        return parent.newListr(
          specs.map((spec) => ({
            title: `${spec.name} :${spec.port}`,
            task: async () => {
              await supervisor({ op: 'ensure', spec });
              await waitReady(supervisor, stack.places.home, [spec.name], SERVICE_MS);
            },
          })),
          { concurrent: true },
        );
      },
    },
    ...(stack.profile === 'full' ? [changeCapture(stack)] : []),
  ];
}

function changeCapture(stack: Stack): ListrTask {
  return {
    title: 'Change capture',
    task: async (_, task) => {
      const { ensureCapture } = await import('#up/change-capture.ts');
      task.title = `Change capture (${await ensureCapture(stack, (line) => (task.output = line))})`;
    },
  };
}

/** What one order needs. */
const JOURNEY: readonly string[] = [
  'identity',
  'product',
  'inventory',
  'order',
  'payment-adapter',
  'payment-gateway',
  'gateway',
];

/** Both talk to the running stack as a client does, so they know no more than `endpoints.json`. */
function journeys(runnable: readonly Service[], startsSomething: boolean): ListrTask[] {
  const absent = JOURNEY.filter((name) => !runnable.some((it) => it.name === name));
  const skip = absent.length === 0 ? false : `not in this checkout: ${absent.join(', ')}`;
  return [
    {
      title: 'Sample data',
      skip,
      task: async (_, task) => {
        const { sampleData } = await import('#sample-data.ts');
        await sampleData((line) => (task.output = line));
      },
    },
    {
      title: 'One order, end to end',
      skip: skip === false && !startsSomething ? 'the stack was running already; ./tw demo buys again' : skip,
      task: async (_, task) => {
        const { demo } = await import('#demo.ts');
        await demo((line) => (task.output = line));
      },
      rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
    },
  ];
}

/** Also those of a supervisor that was killed: the next one takes them over. */
async function runningNames(home: string): Promise<ReadonlySet<string>> {
  const processes = (await readState(home))?.processes ?? [];
  return new Set(processes.filter((it) => liveProcess(it) !== undefined).map((it) => it.name));
}

/** Ports of processes that this supervisor runs are ours; any other listener is somebody else's. */
async function refuseBusyPorts(
  ours: ReadonlySet<string>,
  { ports }: Stack,
  servers: readonly ServerName[],
  runnable: readonly Service[],
): Promise<void> {
  const wanted: PortName[] = [
    ...servers.filter((name) => !ours.has(name)).flatMap((name) => SERVER_PORTS[name]),
    ...runnable
      .filter(({ name }) => !ours.has(name))
      .flatMap(({ name, needs }) => [
        name,
        ...(needs.includes('grpc-port') ? [grpcPortOf(name)] : []),
        ...(name === 'mailbox' ? (['mailbox-smtp'] as const) : []),
      ]),
  ];
  await requireFree(wanted.map((name) => ({ name, port: ports[name] })));
}
