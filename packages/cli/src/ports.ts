import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { SetupError } from '@tradewind/native/run.ts';
import { SERVICE_PORTS } from '#stack.ts';

/** The contract's port table; `-controller`, `-distribution`, `-storage`, `-transport` are what single nodes open for others. */
const TABLE = {
  ...SERVICE_PORTS,
  'inventory-grpc': 50051,
  'pricing-grpc': 50052,
  'mailbox-smtp': 4093,
  postgres: 15432,
  kafka: 19092,
  'kafka-controller': 19093,
  registry: 18081,
  redis: 16379,
  rabbitmq: 15673,
  'rabbitmq-management': 15674,
  'rabbitmq-distribution': 15675,
  mosquitto: 11883,
  connect: 18083,
  cassandra: 19042,
  'cassandra-storage': 17000,
  opensearch: 19200,
  'opensearch-transport': 19300,
  prometheus: 19090,
} as const;

export type PortName = keyof typeof TABLE;
export type Ports = Readonly<Record<PortName, number>>;

const HIGHEST = 65_535;
/** What is far above the rest (gRPC) comes down by this much where the base would lift it out of the range. */
const WRAP = 45_000;
const HIGHEST_BASE = 46_000;
/** Ports of other protocols (Fetch standard, "bad port") from the table's lowest on. */
const BLOCKED = new Set([
  4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

/**
 * All ports of one stack. `TW_PORT_BASE=N` adds N to each of them (20000: gateway 28080), so that several stacks live
 * side by side; gRPC, where 50051 + N is no port, is 5051 + N.
 */
export function portTable(base: string | undefined): Ports {
  const offset = base === undefined || base === '' ? 0 : Number(base);
  if (!Number.isInteger(offset) || offset < 0 || offset > HIGHEST_BASE) {
    throw new SetupError(`TW_PORT_BASE=${base} is not a whole number from 0 to ${HIGHEST_BASE}`);
  }
  const moved = (port: number): number => (port + offset > HIGHEST ? port + offset - WRAP : port + offset);
  const ports = Object.entries(TABLE).map(([name, port]) => [name, moved(port)] as const);
  for (const [name, port] of ports) {
    if (!BLOCKED.has(port)) continue;
    throw new SetupError(
      `TW_PORT_BASE=${base} would put ${name} on port ${port}, which browsers and fetch() refuse to call`,
      `take another base, such as TW_PORT_BASE=${offset + 100}`,
    );
  }
  return Object.fromEntries(ports) as Record<PortName, number>;
}

/** True where a listener could be opened on this loopback port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** An outgoing connection may have been given one of our ports by chance, mostly for a moment. */
const PATIENCE_MS = 3_000;
const RETRY_MS = 200;

/** Refuses to start over somebody else's port, and says which variable moves ours. */
export async function requireFree(
  wanted: readonly { name: string; port: number }[],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let busy = await busyOf(wanted);
  while (busy.length > 0 && performance.now() < deadline) {
    await setTimeout(RETRY_MS);
    busy = await busyOf(busy);
  }
  if (busy.length === 0) return;
  const list = busy.map(({ name, port }) => `${port} (${name})`).join(', ');
  throw new SetupError(
    `port ${list} is in use by another process`,
    'free it, or move all ports by a number: TW_PORT_BASE=20000 ./tw up',
  );
}

async function busyOf<P extends { readonly port: number }>(wanted: readonly P[]): Promise<P[]> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  return wanted.filter((_, index) => !free[index]);
}
