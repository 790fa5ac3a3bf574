import { Listr, PRESET_TIMER, type ListrTask } from 'listr2';
import { addresses, type Stack } from '#environment.ts';
import { requireFree, type PortName } from '#ports.ts';
import { isRunnable, services, type Service } from '#stack.ts';
import { startSupervisor, type Supervisor } from '#supervisor/client.ts';
import type { ProcessSpec } from '#supervisor/spec.ts';
import { liveProcess } from '#supervisor/state.ts';
import { ensureDatabases, ensureRegistryDatabase } from '#up/databases.ts';
import { writeEndpoints } from '#up/endpoints.ts';
import { fetchServer, SERVER_PORTS, SERVERS, type ServerName } from '#up/servers.ts';
import { serviceSpecs } from '#up/services.ts';
import { waitReady } from '#up/wait-ready.ts';

const SERVER_MS = 120_000;
const SERVICE_MS = 60_000;

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
  const supervisor = await startSupervisor(home);
  await refuseBusyPorts(supervisor, stack, infra === 'native' ? SERVERS : [], runnable);

  const tasks = new Listr(
    [
      ...(infra === 'native' ? nativeServers(supervisor, stack) : [composeServers(stack)]),
      {
        title: 'Databases and roles',
        task: () => ensureDatabases(stack, known.filter((it) => it.database).map((it) => it.name)),
      },
      {
        title: 'Topics',
        task: async (_, task) => {
          const { ensureTopics } = await import('#up/topics.ts');
          task.title = `Topics (${await ensureTopics(addresses(stack).kafka)})`;
        },
      },
      ...(onlyInfra ? [] : application(supervisor, stack, runnable)),
      { title: 'Endpoints', task: () => writeEndpoints(stack, known) },
      ...(onlyInfra || !demo ? [] : journeys()),
    ],
    {
      renderer: process.stdout.isTTY ? 'default' : 'simple',
      rendererOptions: { timer: PRESET_TIMER },
      concurrent: false,
    },
  );
  await tasks.run();
}

function nativeServers(supervisor: Supervisor, stack: Stack): ListrTask[] {
  const prepare = new Map<ServerName, () => Promise<ProcessSpec>>();
  const start = async (name: ServerName): Promise<void> => {
    const spec = await prepare.get(name)?.();
    if (spec === undefined) throw new Error(`${name} was not fetched`);
    await supervisor({ op: 'ensure', spec });
    await waitReady(supervisor, stack.places.home, [name], SERVER_MS);
  };
  return [
    {
      title: 'Servers: fetch',
      task: (_, parent) =>
        parent.newListr(
          SERVERS.map((name) => ({
            title: name,
            task: async (_ctx, task) => {
              prepare.set(name, await fetchServer(name, stack, (line) => (task.output = line)));
            },
          })),
          // Debian's package manager and Maven each work for one at a time, in this order.
          { concurrent: false },
        ),
    },
    {
      title: 'Servers: start',
      task: (_, parent) =>
        parent.newListr(
          [
            {
              title: 'postgres, registry',
              task: async () => {
                await start('postgres');
                await ensureRegistryDatabase(stack);
                await start('registry');
              },
            },
            { title: 'kafka', task: () => start('kafka') },
            { title: 'redis', task: () => start('redis') },
          ],
          { concurrent: true },
        ),
    },
  ];
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
  ];
}

/** Both talk to the running stack as a client does, so they know no more than `endpoints.json`. */
function journeys(): ListrTask[] {
  return [
    {
      title: 'Sample data',
      task: async (_, task) => {
        const { sampleData } = await import('#demo.ts');
        await sampleData((line) => (task.output = line));
      },
    },
    {
      title: 'One order, end to end',
      task: async (_, task) => {
        const { demo } = await import('#demo.ts');
        await demo((line) => (task.output = line));
      },
      rendererOptions: { persistentOutput: true, outputBar: Number.POSITIVE_INFINITY },
    },
  ];
}

/** Ports of processes that this supervisor runs are ours; any other listener is somebody else's. */
async function refuseBusyPorts(
  supervisor: Supervisor,
  { ports }: Stack,
  servers: readonly ServerName[],
  runnable: readonly Service[],
): Promise<void> {
  const { processes } = await supervisor({ op: 'state' });
  const ours = new Set(processes.filter((it) => liveProcess(it) !== undefined).map((it) => it.name));
  const wanted: PortName[] = [
    ...servers.filter((name) => !ours.has(name)).flatMap((name) => SERVER_PORTS[name]),
    ...runnable.filter(({ name }) => !ours.has(name)).flatMap(({ name, needs }) => [
      name,
      ...(needs.includes('grpc-port') ? (['inventory-grpc'] as const) : []),
    ]),
  ];
  await requireFree(wanted.map((name) => ({ name, port: ports[name] })));
}
