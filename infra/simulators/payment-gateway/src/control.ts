import type { FastifyInstance } from 'fastify';
import { formatAmount } from '@tradewind/kernel/money.ts';
import type { Book, Entry } from '#book.ts';
import { idOf } from '#gateway.ts';
import { type Knobs, knobs as knobsSchema } from '#knobs.ts';
import { parse } from '#requests.ts';

export interface KnobBoard {
  current: Knobs;
  readonly initial: Knobs;
}

/** What tests and operators use: knobs, a look into the book, health. A real gateway has none of it. */
export function registerControl(app: FastifyInstance, book: Book, board: KnobBoard): void {
  app.get('/knobs', () => board.current);
  app.put('/knobs', (request) => (board.current = { ...board.initial, ...parse(knobsSchema, request.body) }));
  app.delete('/knobs', () => (board.current = board.initial));

  app.get<{ Querystring: { orderId?: string } }>('/book', ({ query: { orderId } }) => {
    const entries = [...book.all()].filter((entry) => orderId === undefined || entry.orderId === orderId);
    return { entries: entries.map(shown), totals: totals(entries) };
  });

  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ ready: true }));
}

function shown(entry: Entry) {
  const { kind, key, orderId, currency, status, code, channel } = entry;
  const amount = formatAmount(entry.amount, currency);
  const at = new Date(entry.at).toISOString();
  return {
    kind,
    key,
    orderId,
    transactionId: entry.transactionId,
    id: idOf(entry),
    amount,
    currency,
    status,
    code,
    channel,
    at,
  };
}

/** Per order: how often and how much was captured and paid back. */
function totals(entries: readonly Entry[]) {
  const orders = Map.groupBy(entries, ({ orderId }) => orderId);
  return [...orders].map(([orderId, ofOrder]) => {
    const captures = ofOrder.filter(({ status }) => status === 'CAPTURED');
    const refunds = ofOrder.filter(({ status }) => status === 'REFUNDED');
    const currency = ofOrder[0]?.currency ?? 'USD';
    const sum = (list: readonly Entry[]) =>
      formatAmount(
        list.reduce((total, { amount }) => total + amount, 0n),
        currency,
      );
    return {
      orderId,
      currency,
      captures: captures.length,
      captured: sum(captures),
      refunds: refunds.length,
      refunded: sum(refunds),
    };
  });
}
