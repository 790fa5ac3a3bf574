import type { Stage } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { cpuBetween, cpuTimes } from '#bench/cpu.ts';
import { FEW, MANY } from '#bench/history/customers.ts';
import { type Figure, figureOf } from '#bench/history/figures.ts';
import { listed } from '#bench/history/stand.ts';
import { httpClient } from '#bench/http-client.ts';
import type { RunOptions } from '#bench/run-benchmark.ts';

const A_SECOND = 200;
const CONNECTIONS = 16;
const PAGE = 20;
const WARM_UP_SECONDS = 5;

interface Page {
  readonly items: readonly { readonly userId: string }[];
  readonly nextCursor: string | null;
}

interface Kind {
  readonly what: string;
  readonly token: string;
  pathOf(turn: number): string;
  /** What the reply has to be. */
  isRight(body: unknown, turn: number): boolean;
}

/** Reads by the clock, so that before and after are asked alike: latencies, and the CPU time of those who answer. */
export async function readLists(
  stage: Stage,
  options: RunOptions,
  orderIds: readonly string[],
): Promise<Figure[]> {
  const many = listed(stage);
  const customer = (userId: string) => stage.token(userId, ['CUSTOMER']);
  const staff = await stage.token('bench-merchant', ['MERCHANT', 'ADMIN']);
  const pageOf = (userId: string, orders: number) => (body: unknown) => {
    const { items, nextCursor } = body as Page;
    const whole = items.length === Math.min(PAGE, orders) && (nextCursor !== null) === orders > PAGE;
    return whole && items.every((item) => item.userId === userId);
  };
  const idAt = (turn: number) => orderIds[(turn * 31) % orderIds.length]!;
  const kinds: Kind[] = [
    {
      what: `own list, ${FEW.orders} orders`,
      token: await customer(FEW.userId),
      pathOf: () => '/api/v1/orders?customer=me',
      isRight: pageOf(FEW.userId, FEW.orders),
    },
    {
      what: `own list, ${many.toLocaleString('en')} orders`,
      token: await customer(MANY.userId),
      pathOf: () => '/api/v1/orders?customer=me',
      isRight: pageOf(MANY.userId, many),
    },
    {
      what: "a customer's list, by staff",
      token: staff,
      pathOf: () => `/api/v1/orders?customer=${MANY.userId}`,
      isRight: pageOf(MANY.userId, many),
    },
    {
      what: 'an order by its id',
      token: staff,
      pathOf: (turn) => `/api/v1/orders/${idAt(turn)}`,
      isRight: (body, turn) => (body as { orderId: string }).orderId === idAt(turn),
    },
  ];
  const figures: Figure[] = [];
  for (const kind of kinds) figures.push(...(await measureReads(stage, options, kind)));
  return figures;
}

async function measureReads(stage: Stage, { runs, seconds }: RunOptions, kind: Kind): Promise<Figure[]> {
  const http = httpClient(stage.endpoints.services['order']!, CONNECTIONS);
  const headers = { authorization: `Bearer ${kind.token}` };
  const read = async (turn: number): Promise<void> => {
    const { status, body } = await http.send('GET', kind.pathOf(turn), headers);
    if (status !== 200) throw new Error(`GET ${kind.pathOf(turn)} answered ${status}`);
    if (!kind.isRight(body, turn)) throw new Error(`GET ${kind.pathOf(turn)} answered something else`);
  };
  const p50: number[] = [];
  const p95: number[] = [];
  const cpu: number[] = [];
  try {
    await byTheClock(A_SECOND, WARM_UP_SECONDS, read);
    for (let run = 1; run <= runs; run++) {
      const before = await cpuTimes(stage.home);
      const measured = await byTheClock(A_SECOND, seconds, read);
      const spent = cpuBetween(before, await cpuTimes(stage.home));
      p50.push(measured.p50!);
      p95.push(measured.p95!);
      cpu.push((((spent.get('order') ?? 0) + (spent.get('postgres') ?? 0)) * 1_000) / measured.done);
    }
  } finally {
    await http.close();
  }
  const what = `${kind.what}, ${A_SECOND}/s`;
  const all = [figureOf(what, 'p50 ms', p50), figureOf(what, 'p95 ms', p95), figureOf(what, 'CPU ms', cpu)];
  for (const { unit, value } of all) stage.say(`${what}: ${unit} ${value.toFixed(2)}`);
  return all;
}
