import type { Stage } from '#bench/benchmark.ts';
import type { Replayed } from '#bench/history/replay-rate.ts';
import { checksIn } from '#reconcile/i8-projections-equal-sources.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { runReplay } from '#replay/run.ts';

const TOPIC = 'ecommerce.order.order';
const CREATED = 'ecommerce.order.order.created.v1';

interface Counts {
  readonly orders: bigint;
  readonly created: bigint;
  readonly events: bigint;
  readonly parked: bigint;
}

/** The sanity check: orders = created events = rows of the projection, each equal to its order. @throws where they differ */
export async function checkThatAllAgree(
  stage: Stage,
  stack: RunningStack,
  replayed: Replayed,
  wanted: number,
): Promise<string> {
  const [counts] = await stack.query<Counts>(
    'order',
    `select (select count(*) from orders) as orders, (select count(*) from order_events) as events,
       (select count(*) from order_events where type = '${CREATED}') as created,
       (select count(*) from parked_events) as parked`,
  );
  if (!counts) throw new Error('the order service counts nothing');
  const published = [...(await stack.log.endOffsets(TOPIC)).values()].reduce((sum, end) => sum + end, 0n);
  const lines: string[] = [];
  const code = await runReplay(stage.home, {
    ...{ service: 'order', args: ['--check'], modest: false },
    onLine: (line) => lines.push(line),
  });
  const differences = checksIn(lines.join('\n')).reduce((sum, one) => sum + one.differences, 0);
  const { orders, created, events, parked } = counts;
  const facts = `${orders} orders, ${created} created events, ${published} of ${events} events in Kafka, ${replayed.rows} rows of a replay at the second measuring, ${differences} rows of the projection differ`;
  const agree = orders === created && published >= events && code === 0 && differences === 0;
  if (!agree || Number(orders) < wanted || parked > 0n)
    throw new Error(`orders do not agree: ${facts}${parked > 0n ? `, ${parked} parked` : ''}`);
  return facts;
}
