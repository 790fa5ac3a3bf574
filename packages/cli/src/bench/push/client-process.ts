import type { Answer, Order, Report } from './messages.ts';
import { socketClients } from './socket-clients.ts';
import { streamClients } from './stream-clients.ts';

/** Thousands of clients in a process of their own, so that the driver's files and turns are not theirs. */
export type Kind = 'ws' | 'sse';

export interface Clients {
  connect(order: Extract<Order, { do: 'connect' }>): Promise<void>;
  reconnect(share: number, seconds: number): Promise<void>;
  report(): Report;
  forgetLatencies(): void;
}

let clients: Clients | undefined;

async function carryOut(order: Order): Promise<Answer> {
  if (order.do === 'connect') {
    clients = order.kind === 'ws' ? socketClients() : streamClients();
    await clients.connect(order);
    return { done: 'connect' };
  }
  if (!clients) throw new Error('not connected');
  if (order.do === 'reconnect') await clients.reconnect(order.share, order.seconds);
  if (order.do === 'forget-latencies') clients.forgetLatencies();
  return order.do === 'report' ? { done: 'report', ...clients.report() } : { done: order.do };
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
// The driver has gone: so do its clients.
process.on('disconnect', () => process.exit(0));
